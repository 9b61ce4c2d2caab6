import type { Clock } from '../../cloudcode/lock_users/src/ports';
import type { CommandIo } from '../shared/Command';
import type { Line } from './print-lines';

/** What the program gets from its surroundings, beside what every command of this repository gets. */
export interface ProgramIo extends CommandIo {
  /** Which streams are a terminal, whatever its width. */
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly clock: Clock;
  /** All of the standard input. */
  readInput(): Promise<string>;
}

/** The options of all commands, as commander names them; those of other commands are undefined. */
export interface ProgramOptions {
  readonly deployment?: string;
  readonly backendUrl?: string;
  readonly tokenVariable?: string;
  readonly tokenStdin?: boolean;
  readonly environment?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  /** False with `--no-input`. */
  readonly input?: boolean;
  readonly force?: boolean;
  /** Files that name people, and the field that they are named by. */
  readonly users?: string;
  readonly exclude?: string;
  readonly by?: string;
  readonly where?: string;
  readonly reason?: string;
  readonly onlyEnrolled?: boolean;
  readonly maxUsers?: string;
  readonly unlockAt?: string;
  readonly window?: string;
  readonly direct?: boolean;
  readonly dryRun?: boolean;
  readonly confirm?: string;
  /** The app's label, typed back. */
  readonly app?: string;
  readonly report?: string;
  readonly out?: string;
  /** Runs that are listed. */
  readonly limit?: string;
}

/** A command that was called. */
export interface Invocation {
  readonly io: ProgramIo;
  readonly options: ProgramOptions;
  readonly operands: readonly string[];
  /** Has a secret printed as `[redacted]` from now on; undefined is none. */
  hide(value: string | undefined): void;
  /** Tells a person something on stderr, each text in a line of its own; nothing with `--quiet`. */
  say(...lines: readonly string[]): void;
  /** A command as it is typed; undefined where it cannot be. */
  formatNext(next: NextCommand): string | undefined;
  /** Asks a person on the terminal; undefined with `--no-input` or where nobody sits there. */
  ask(question: string): Promise<string | undefined>;
}

/** What came of a command. */
export interface Outcome {
  readonly exitCode: number;
  /** The data as JSON has them. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The same for a terminal; what they hold from outside is escaped where they are printed. */
  readonly lines: readonly Line[];
  /** What failed beside the run, which is as shown. Default: nothing. */
  readonly error?: unknown;
  /** The command that a person probably wants next. It never means more people than this one. */
  readonly next?: NextCommand | undefined;
}

/** A command that can be typed. */
export interface NextCommand {
  readonly command: string;
  readonly operands?: readonly string[];
  /** Beside those that say which deployment is meant, which are kept anyway. Default: none. */
  readonly options?: ProgramOptions;
}

/** What a command's module exports: it is loaded when it is called. */
export interface CommandModule {
  run(invocation: Invocation): Promise<Outcome>;
}
