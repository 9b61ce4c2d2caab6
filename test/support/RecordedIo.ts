import { join } from 'node:path';
import type { Command, CommandIo, OptionTable, Output } from '../../tasks/shared/Command';
import { runCommand } from '../../tasks/shared/run-command';

/** What a command gets from a test, and all that it printed. */
export class RecordedIo implements CommandIo {
  readonly root: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: CommandIo['environment'];
  readonly interrupt = new AbortController();
  readonly signal = this.interrupt.signal;
  readonly printed = { stdout: '', stderr: '' };

  /** Questions that were asked. */
  readonly asked: string[] = [];

  /** A pipe, an empty environment and this repository, unless the options say otherwise. */
  constructor(options: { readonly columns?: number } & Partial<Pick<CommandIo, 'root' | 'environment'>> = {}) {
    this.root = options.root ?? join(__dirname, '..', '..');
    const open = (name: 'stdout' | 'stderr'): Output => ({
      write: (text) => void (this.printed[name] += text),
      columns: options.columns,
      isClosed: false,
      closed: new Promise(() => undefined)
    });
    this.stdout = open('stdout');
    this.stderr = open('stderr');
    this.environment = options.environment ?? {};
  }

  /** What somebody types; undefined: nobody is there. */
  answer: string | undefined;

  ask(question: string): Promise<string | undefined> {
    this.asked.push(question);
    return Promise.resolve(this.answer);
  }

  /** Runs a command to its end. */
  async run<O extends OptionTable>(
    command: Command<O>,
    args: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
    const code = await runCommand(command, args, this);
    return { code, ...this.printed };
  }
}
