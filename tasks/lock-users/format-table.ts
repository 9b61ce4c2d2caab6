import { escapeText } from '../../cloudcode/lock_users/src/outside-text';

/**
 * Columns for a terminal, two spaces apart, without spaces at the ends of lines.
 *
 * @param rows cells from left to right; the last one is not padded. They are escaped before they are measured
 * @returns the lines
 */
export function formatTable(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map(escapeText));
  const widths = (shown[0] ?? []).map((_cell, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)));
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  );
}
