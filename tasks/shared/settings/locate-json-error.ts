import { loadTypeScript } from '../load-typescript';

/**
 * ` in line L, column C` for text that is not valid JSON, or nothing where the place is not known.
 *
 * Node names the place only in some of its messages, and in the others repeats what stands there, which may be a token
 * that somebody pasted. TypeScript's reader finds the place in the rest, at or just after the mistake.
 *
 * @param message what `JSON.parse` said about the text
 */
export function locateJsonError(text: string, message: string): string {
  const told = /at position (\d+)/.exec(message)?.[1];
  const offset = told === undefined ? findMistake(text) : Number(told);
  if (offset === undefined) return '';
  const lines = text.slice(0, offset).split('\n');
  return ` in line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

function findMistake(text: string): number | undefined {
  try {
    return loadTypeScript().parseConfigFileTextToJson('', text).error?.start;
  } catch {
    // The compiler is not there: this is the package, and not the repository.
    return undefined;
  }
}
