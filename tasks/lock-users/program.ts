import { Command, CommanderError, Option } from 'commander';
import { escapeText } from '../../cloudcode/lock_users/src/outside-text';
import type { OptionTable } from '../shared/Command';
import { UsageError } from '../shared/command-errors';
import { HiddenSecrets } from '../shared/HiddenSecrets';
import { refuseSwallowedOptions } from '../shared/parse-arguments';
import { COMMANDS, GLOBAL_OPTIONS } from './commands';
import type { CommandEntry } from './commands';
import { EXIT_CODES, exitCodeOfError } from './exit-codes';
import type { Invocation, Outcome, ProgramIo, ProgramOptions } from './Invocation';
import { formatNext, PROGRAM } from './next-command';
import { printJson, printLines, printMessage } from './print-lines';

/** The sentence after Ctrl-C. */
const INTERRUPTED = 'Interrupted.';

/**
 * Runs `lock-users`. Data goes to stdout, as JSON unless that is a terminal; everything else goes to stderr. Never rejects.
 *
 * @param args the command line without the program itself
 * @returns the exit code, one of `EXIT_CODES`
 */
export async function runProgram(args: readonly string[], given: ProgramIo): Promise<number> {
  const hidden = new HiddenSecrets();
  const io = coverIo(given, hidden);
  const isJson = args.includes('--json') || !io.isTerminal.stdout;
  let command = '';
  try {
    const program = createProgram(io, args, async (entry, options, operands) => {
      command = entry.name;
      const { run } = await entry.load();
      const outcome = await run(createInvocation(io, hidden, options, operands));
      print(io, command, outcome, { isJson, options });
      exitCode = outcome.exitCode;
    });
    let exitCode: number = EXIT_CODES.allThere.code;
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.allThere.code;
    return fail(io, command, isJson, error);
  }
}

type Action = (entry: CommandEntry, options: ProgramOptions, operands: readonly string[]) => Promise<void>;

function createProgram(io: ProgramIo, args: readonly string[], action: Action): Command {
  const output = {
    writeOut: (text: string) => io.stdout.write(text),
    // Said once, by whoever catches the error.
    writeErr: () => undefined,
    getOutHelpWidth: () => io.stdout.columns ?? 120,
    getErrHelpWidth: () => io.stderr.columns ?? 120
  };
  const program = new Command(PROGRAM)
    .description('Locks the users of a JourneyApps app and keeps the data on their devices; and lets them back in.')
    .configureOutput(output)
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .helpCommand(false)
    .addHelpText('after', `\n${describeExitCodes()}`);
  addOptions(program, GLOBAL_OPTIONS);
  for (const entry of COMMANDS) {
    const [name = '', operands] = [entry.name, entry.operands];
    const command = program
      .command(operands === undefined ? name : `${name} ${operands}`)
      .description(entry.about)
      .allowExcessArguments(false)
      .action(async (...given: unknown[]) => {
        const called = given.at(-1) as Command;
        refuseSwallowed(io, called, args);
        await action(entry, called.optsWithGlobals<ProgramOptions>(), called.args);
      });
    addOptions(command, entry.options);
  }
  return program;
}

/** @throws UsageError where npm has kept an option for itself */
function refuseSwallowed(io: ProgramIo, called: Command, args: readonly string[]): void {
  const options = [...called.options, ...(called.parent?.options ?? [])];
  const table: Record<string, OptionTable[string]> = {};
  for (const option of options) {
    const { description: about } = option;
    const value = /<.*>/.exec(option.flags)?.[0];
    table[option.name()] = value === undefined ? { type: 'boolean', about } : { type: 'string', value, about };
  }
  const given = options.filter((option) => called.getOptionValueSourceWithGlobals(option.attributeName()) === 'cli');
  refuseSwallowedOptions(`npm run ${PROGRAM}`, table, {
    args,
    given: given.map((option) => option.name()),
    environment: io.environment
  });
}

function addOptions(command: Command, options: readonly (readonly [flags: string, about: string])[]): void {
  for (const [flags, about] of options) command.addOption(new Option(flags, about));
}

function describeExitCodes(): string {
  const lines = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padEnd(4)} ${meaning}`);
  return ['Exit codes:', ...lines].join('\n');
}

/** The same with nothing hidden on its streams. Its functions may need it as their `this`. */
function coverIo(io: ProgramIo, hidden: HiddenSecrets): ProgramIo {
  return {
    ...io,
    ...hidden.cover(io),
    ask: (question, until) => io.ask(question, until),
    readInput: () => io.readInput()
  };
}

function createInvocation(
  io: ProgramIo,
  hidden: HiddenSecrets,
  options: ProgramOptions,
  operands: readonly string[]
): Invocation {
  return {
    io,
    hide: (value) => hidden.hide(value),
    options,
    operands,
    say(...lines) {
      if (options.quiet !== true) for (const line of lines) printMessage(io.stderr, escapeText(line));
    },
    formatNext: (next) => formatNext(next, options),
    async ask(question) {
      return options.input === false ? undefined : io.ask(question);
    }
  };
}

function print(
  io: ProgramIo,
  command: string,
  { exitCode, data, lines, error, next }: Outcome,
  { isJson, options }: { readonly isJson: boolean; readonly options: ProgramOptions }
): void {
  const nextCommand = next && formatNext(next, options);
  const message = error === undefined ? undefined : `The run is as shown, but this failed: ${describeError(error)}`;
  if (!isJson) printLines(io.stdout, lines);
  else {
    printJson(io.stdout, {
      command,
      exitCode,
      ...data,
      ...(message !== undefined && { error: message }),
      ...(nextCommand !== undefined && { next: nextCommand })
    });
  }
  if (message !== undefined) printMessage(io.stderr, message);
  // Not wrapped: the first half of a command that is pasted could mean everybody.
  if (nextCommand !== undefined && options.quiet !== true) io.stderr.write(`Next: ${nextCommand}\n`);
}

/** Says what went wrong, on stdout as well where a program reads it. */
function fail(io: ProgramIo, command: string, isJson: boolean, error: unknown): number {
  const message = describe(io, error);
  const isUsage = error instanceof CommanderError || error instanceof UsageError;
  const exitCode = io.signal.aborted
    ? EXIT_CODES.interrupted.code
    : isUsage
      ? EXIT_CODES.usage.code
      : exitCodeOfError(error);
  printMessage(io.stderr, message);
  if (isUsage) printMessage(io.stderr, `All commands and options: ${PROGRAM} --help`);
  if (isJson) printJson(io.stdout, { command, exitCode, error: message });
  return exitCode;
}

function describe(io: ProgramIo, error: unknown): string {
  if (io.signal.aborted) return INTERRUPTED;
  if (error instanceof CommanderError) {
    // Without a command, commander's message is the whole help.
    if (error.code === 'commander.help') return 'Name a command.';
    const message = error.message.replace(/^error: /, '').replace('\n', ' ');
    // The nearest name would let people in.
    return message.replace(/^(unknown command 'lock').*$/, '$1 (Did you mean apply?)');
  }
  return describeError(error);
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Of a bug the place helps.
  return exitCodeOfError(error) === EXIT_CODES.bug.code ? (error.stack ?? error.message) : error.message;
}
