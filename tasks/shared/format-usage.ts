import type { Command, OptionTable } from './Command';
import { wrapText } from './wrap-text';

/** A longer term has a line of its own. */
const LONGEST_TERM = 24;
/** A command with more options says `[options]` in its first line. */
const MOST_LISTED_OPTIONS = 5;
const HELP = ['--help', 'Print this text.'] as const;

/** The command in its shortest form, such as `npm start -- [--users N] [--fast]`. */
function formatSynopsis({ name, operands, options }: Command<OptionTable>): string {
  const terms = Object.entries(options).map(
    ([option, description]) => `[${formatTerm(option, description)}]${'multiple' in description ? '…' : ''}`
  );
  const listed = terms.length > MOST_LISTED_OPTIONS ? ['[options]'] : terms;
  const parts = [...(operands === undefined ? [] : [operands]), ...listed];
  return parts.length === 0 ? name : `${name} -- ${parts.join(' ')}`;
}

/**
 * The usage of a command, with a line break at the end.
 *
 * @param columns characters in a line of the terminal; undefined gives each paragraph and each option one line
 */
export function formatUsage(command: Command<OptionTable>, columns: number | undefined): string {
  const { about, forms = [], options, notes = [] } = command;
  const optionRows = Object.entries(options).map(
    ([name, description]) => [formatTerm(name, description), description.about] as const
  );
  const blocks = [
    wrapText(`Usage: ${formatSynopsis(command)}`, columns, '  '),
    ...about.map((paragraph) => wrapText(paragraph, columns)),
    ...(forms.length === 0 ? [] : [formatTable(forms, columns)]),
    formatTable([...optionRows, HELP], columns),
    ...notes.map((paragraph) => wrapText(paragraph, columns))
  ];
  return `${blocks.join('\n\n')}\n`;
}

function formatTerm(name: string, description: OptionTable[string]): string {
  return description.type === 'boolean' ? `--${name}` : `--${name} ${description.value}`;
}

function formatTable(rows: readonly (readonly [term: string, about: string])[], columns: number | undefined): string {
  const width = Math.max(...rows.map(([term]) => term.length).filter((length) => length <= LONGEST_TERM), 0);
  // A narrow terminal has no room for two columns.
  const hanging = ' '.repeat(columns !== undefined && columns < 2 * width + 8 ? 6 : width + 4);
  return rows
    .map(([term, about]) => {
      const fits = term.length <= width && hanging.length === width + 4;
      const first = fits ? `  ${term.padEnd(width)}  ` : `  ${term}\n${hanging}`;
      return wrapText(`${first}${about.replaceAll('\n', `\n${hanging}`)}`, columns, hanging);
    })
    .join('\n');
}
