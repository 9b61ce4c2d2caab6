import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import type { ProgramIo } from '../../tasks/lock-users/Invocation';
import { runProgram } from '../../tasks/lock-users/program';
import { RecordedIo } from './RecordedIo';

/** What a call of `lock-users` printed, and how it ended. */
export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON on stdout; empty where there is none. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** What `lock-users` gets from a test, and all that it printed. In a pipe, unless `isTerminal`. */
export class RecordedProgram extends RecordedIo implements ProgramIo {
  readonly isTerminal;
  clock = systemClock;
  input = '';

  constructor(options: ConstructorParameters<typeof RecordedIo>[0] & { readonly isTerminal?: boolean } = {}) {
    super(options);
    const { isTerminal = false } = options;
    this.isTerminal = { stdin: isTerminal, stdout: isTerminal, stderr: isTerminal };
  }

  readInput(): Promise<string> {
    return Promise.resolve(this.input);
  }

  /** Runs the program to its end. */
  async call(...args: string[]): Promise<ProgramEnd> {
    Object.assign(this.printed, { stdout: '', stderr: '' });
    const code = await runProgram(args, this);
    const { stdout, stderr } = this.printed;
    return { code, stdout, stderr, json: stdout.startsWith('{') ? (JSON.parse(stdout) as ProgramEnd['json']) : {} };
  }
}
