import { parseArgs } from 'node:util';
import { findNearestName } from '../../cloudcode/lock_users/src/input/did-you-mean';
import type { Command, CommandIo, CommandLine, OptionTable, OptionValues } from './Command';
import { UsageError } from './command-errors';
import { quoteWord } from './quote-word';

/**
 * Reads the command line.
 *
 * @param environment where npm leaves the options that it has taken for its own
 * @throws UsageError with one clear message
 */
export function parseArguments<O extends OptionTable>(
  command: Command<O>,
  args: readonly string[],
  environment: CommandIo['environment']
): CommandLine<O> | 'help' {
  const options: OptionTable = command.options;
  const unknown = findUnknownOption(Object.keys(options), args);
  if (unknown !== undefined) throw new UsageError(unknown);
  const { values, positionals } = parse(options, args);
  if (values['help'] === true) return 'help';
  refuseSwallowedOptions(command.name, options, { args, given: Object.keys(values), environment });
  if (command.operands === undefined && positionals[0] !== undefined) {
    throw new UsageError(`Unexpected argument ${JSON.stringify(positionals[0])}: ${command.name} takes options only.`);
  }
  const defaults = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      option.type === 'boolean' ? false : 'multiple' in option ? [] : undefined
    ])
  );
  // The values have the types of the table, because parseArgs has checked them against it.
  return { options: { ...defaults, ...values } as OptionValues<O>, operands: positionals };
}

function parse(options: OptionTable, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(
          Object.entries(options).map(([name, option]) => [name, { type: option.type, multiple: 'multiple' in option }])
        ),
        help: { type: 'boolean' }
      }
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A sentence on the first option that the command does not have, naming the nearest that it has. */
function findUnknownOption(names: readonly string[], args: readonly string[]): string | undefined {
  const known = [...names, 'help'];
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options: {} });
  for (const token of tokens) {
    if (token.kind !== 'option' || known.includes(token.name)) continue;
    const nearest = findNearestName(token.name, known);
    const hint =
      nearest === undefined
        ? ` The options are ${known.map((name) => `--${name}`).join(', ')}.`
        : ` Did you mean --${nearest}?`;
    return `Unknown option '${token.rawName}'.${hint}`;
  }
  return undefined;
}

/**
 * npm keeps options that stand before `--`, and the command would run without them: perhaps without `--params '{"dryRun":true}'`.
 *
 * @param line `given`: names of the options that did arrive; `environment`: where npm leaves those that it has taken
 * @throws UsageError with the command line as it was meant
 */
export function refuseSwallowedOptions(
  command: string,
  options: OptionTable,
  line: {
    readonly args: readonly string[];
    readonly given: readonly string[];
    readonly environment: CommandIo['environment'];
  }
): void {
  const swallowed = Object.entries(options).flatMap(([name, option]) => {
    const value = line.environment[`npm_config_${name.replaceAll('-', '_')}`];
    // npm sets an empty variable for an option that its own settings turn off.
    if (value === undefined || value === '' || line.given.includes(name)) return [];
    return [{ name, value, option }];
  });
  if (swallowed.length === 0) return;
  const rest = [...line.args];
  // npm takes "--users" for a flag and passes its value on as an argument, which is the last one.
  const withoutValue = swallowed.filter(({ option, value }) => option.type === 'string' && value === 'true');
  const words = swallowed.map(({ name, option, value }) => {
    if (option.type === 'boolean') return `--${name}`;
    if (value !== 'true') return `--${name} ${quoteWord(value)}`;
    const isPassedOn = withoutValue.length === 1 && rest.at(-1)?.startsWith('-') === false;
    const found = isPassedOn ? rest.pop() : undefined;
    return `--${name} ${found === undefined ? option.value : quoteWord(found)}`;
  });
  const names = swallowed.map(({ name }) => `--${name}`).join(' and ');
  throw new UsageError(
    `npm kept ${names} for itself. Pass options after "--":\n  ${command} -- ${[...rest.map(quoteWord), ...words].join(' ')}`
  );
}
