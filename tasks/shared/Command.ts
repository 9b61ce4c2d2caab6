/** An option without a value, such as `--fast`. */
export interface FlagOption {
  readonly type: 'boolean';
  /** What it does, for the usage. */
  readonly about: string;
}

/** An option with a value, such as `--users 50`. */
export interface ValueOption {
  readonly type: 'string';
  /** What stands for the value in the usage, such as `N`. */
  readonly value: string;
  /** What it does and its default, for the usage. */
  readonly about: string;
}

/** An option with a value that may be repeated, such as `--switch a=b --switch c=d`. */
export interface ListOption extends ValueOption {
  readonly multiple: true;
}

/** The options of a command by name, without the dashes. Every command also has `--help`. */
export type OptionTable = Readonly<Record<string, FlagOption | ValueOption | ListOption>>;

/** The values of the options: false, undefined or an empty list for an option that was not given. */
export type OptionValues<O extends OptionTable> = {
  readonly [Name in keyof O]: O[Name] extends FlagOption
    ? boolean
    : O[Name] extends ListOption
      ? readonly string[]
      : string | undefined;
};

/** A command line that has been read. */
export interface CommandLine<O extends OptionTable> {
  readonly options: OptionValues<O>;
  /** What was given beside the options. */
  readonly operands: readonly string[];
}

/** Where a command prints. Writing never fails: output that nobody reads any more is dropped. */
export interface Output {
  write(text: string): void;
  /** Characters in a line of the terminal. Undefined in a pipe or a file, where no text is wrapped. */
  readonly columns: number | undefined;
  /** Whether the reader has gone, as in `npm start | head -5`. */
  readonly isClosed: boolean;
  /** Resolves when the reader has gone, which shows when something is written. */
  readonly closed: Promise<void>;
}

/** What a command gets from its surroundings. */
export interface CommandIo {
  /** The repository. */
  readonly root: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /**
   * Asks somebody; resolves with the line that is typed, or undefined where nobody sits at a terminal.
   *
   * @param until rejects when this is aborted. Default: `signal`
   */
  ask(question: string, until?: AbortSignal): Promise<string | undefined>;
  /** Aborted by Ctrl-C. A command then cleans up, and throws unless its end is a regular one. */
  readonly signal: AbortSignal;
}

/** A command of this repository. The usage is made of its parts. */
export interface Command<O extends OptionTable> {
  /** How it is typed: `npm run local`. */
  readonly name: string;
  /** What it does, in paragraphs. */
  readonly about: readonly string[];
  /** What it takes beside options, such as `TRIGGER …`. Default: nothing. */
  readonly operands?: string;
  /** The forms that the operands have, each with what it does. */
  readonly forms?: readonly (readonly [form: string, about: string])[];
  readonly options: O;
  /** Paragraphs after the options. */
  readonly notes?: readonly string[];
  /** The sentence after Ctrl-C: what has become of the work. */
  readonly interrupted: string;
  /**
   * Does the work.
   *
   * @returns the exit code
   * @throws UsageError, SettingsError, any other error for the exit code 1, and any at all after Ctrl-C
   */
  run(line: CommandLine<O>, io: CommandIo): Promise<number>;
}

/** A command, with the types of its options inferred. */
export function defineCommand<const O extends OptionTable>(command: Command<O>): Command<O> {
  return command;
}
