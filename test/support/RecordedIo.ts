import { join } from 'node:path';
import type { Command, CommandIo, OptionTable, Output } from '../../tasks/shared/Command';
import { runCommand } from '../../tasks/shared/run-command';

/** What a command gets from a test, and all that it printed. */
export class RecordedIo implements CommandIo {
  readonly root = join(__dirname, '..', '..');
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string>>;
  readonly interrupt = new AbortController();
  readonly signal = this.interrupt.signal;
  readonly printed = { stdout: '', stderr: '' };

  /** @param columns width of the terminal. Default: there is none */
  constructor(options: { readonly columns?: number; readonly environment?: Readonly<Record<string, string>> } = {}) {
    const open = (name: 'stdout' | 'stderr'): Output => ({
      write: (text) => void (this.printed[name] += text),
      columns: options.columns,
      isClosed: false
    });
    this.stdout = open('stdout');
    this.stderr = open('stderr');
    this.environment = options.environment ?? {};
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
