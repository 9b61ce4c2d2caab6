import type { Listener } from './run-demo';

/** Characters that a line may have beside its indentation, so that a usual terminal shows it. */
const LINE_LENGTH = 107;

/**
 * Tells the story as text, with the chapters numbered and no line too long.
 *
 * @param pause waits before every chapter but the first, so that a person can follow
 */
export function printStory(print: (line: string) => void, pause: () => Promise<void>): Listener {
  let chapters = 0;
  return {
    async chapter(title) {
      if (chapters > 0) await pause();
      print(`${++chapters}. ${title}`);
    },
    line: (text) => wrapLine(text).forEach((line) => print(`   ${line}`))
  };
}

/** The text in lines that are not too long, the later ones indented; broken between words. */
function wrapLine(text: string): string[] {
  if (text.length <= LINE_LENGTH) return [text];
  const space = text.lastIndexOf(' ', LINE_LENGTH);
  // A text without spaces, or the indentation alone before the only one, cannot be broken.
  if (text.slice(0, Math.max(0, space)).trim() === '') return [text];
  return [text.slice(0, space), ...wrapLine(`  ${text.slice(space + 1)}`)];
}
