/**
 * Text for a terminal: lines that are too long are broken between words. A word that is longer than a line stays whole.
 *
 * @param columns characters in a line; undefined leaves the text as it is
 * @param hanging what the later parts of a broken line begin with. Default: the line's own indentation
 */
export function wrapText(text: string, columns: number | undefined, hanging?: string): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, columns, hanging ?? /^ */.exec(line)?.[0] ?? ''))
    .join('\n');
}

function wrapLine(line: string, columns: number, hanging: string): string[] {
  const lines: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > columns) {
    const indentation = rest.length - rest.trimStart().length;
    const lastSpace = rest.lastIndexOf(' ', columns);
    const space = lastSpace > indentation ? lastSpace : rest.indexOf(' ', indentation);
    if (space === -1) break;
    lines.push(rest.slice(0, space).trimEnd());
    rest = hanging + rest.slice(space).trimStart();
  }
  return [...lines, rest];
}
