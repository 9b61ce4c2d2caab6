import { escapeText } from '../../../cloudcode/lock_users/src/outside-text';
import { UsageError } from '../../shared/command-errors';

/** A person as a file names them. */
export interface NamedPerson {
  readonly line: number;
  readonly value: string;
}

/**
 * Reads a file that names people: one on each line, or CSV with a column for the field. Empty lines do not count, and a byte order mark is
 * no part of the first one.
 *
 * @param field name of the column, where the file is CSV
 * @throws UsageError where it is CSV without that column, or a quotation mark is never closed
 */
export function parsePeople(text: string, field: string, file: string): NamedPerson[] {
  const rows = parseRows(text.replace(/^\uFEFF/, ''), file);
  const [header] = rows;
  if (header === undefined) return [];
  const column = header.cells.findIndex((cell) => cell.trim().toLowerCase() === field.toLowerCase());
  const isTable = rows.some(({ cells }) => cells.length > 1);
  if (isTable && column === -1) {
    throw new UsageError(
      `${file} has the columns ${header.cells.map(escapeText).join(', ')}, and none of them is "${field}". Name the one that counts with --by.`
    );
  }
  return rows
    .slice(column === -1 ? 0 : 1)
    .map(({ line, cells }) => ({ line, value: (cells[Math.max(column, 0)] ?? '').trim() }))
    .filter(({ value }) => value !== '');
}

/** Rows of a CSV file (RFC 4180), separated by commas or semicolons. */
function parseRows(text: string, file: string): { readonly line: number; readonly cells: readonly string[] }[] {
  const separator = /^[^\r\n]*/.exec(text)?.[0].includes(';') === true ? ';' : ',';
  const rows: { line: number; cells: string[] }[] = [];
  let [line, index] = [1, 0];
  while (index < text.length) {
    const row = { line, cells: [] as string[] };
    for (;;) {
      const quoted = /"((?:[^"]|"")*)"[ \t]*/y;
      quoted.lastIndex = index;
      const match = quoted.exec(text);
      if (match === null && text[index] === '"') {
        throw new UsageError(`${file}, line ${line}: a quotation mark is never closed.`);
      }
      const end = match === null ? findEnd(text, index, separator) : quoted.lastIndex;
      const cell = match === null ? text.slice(index, end) : (match[1] ?? '').replaceAll('""', '"');
      line += cell.split('\n').length - 1;
      row.cells.push(cell);
      index = end;
      if (text[index] !== separator) break;
      index++;
    }
    const lineEnd = /\r?\n|\r/y;
    lineEnd.lastIndex = index;
    if (lineEnd.exec(text) !== null) index = lineEnd.lastIndex;
    else if (index < text.length) {
      throw new UsageError(`${file}, line ${line}: text after a closing quotation mark.`);
    }
    line++;
    if (row.cells.some((cell) => cell.trim() !== '')) rows.push(row);
  }
  return rows;
}

function findEnd(text: string, from: number, separator: string): number {
  let end = from;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}
