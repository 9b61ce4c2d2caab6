import type { Output } from '../shared/Command';
import { printText } from '../shared/print-text';
import type { Listener } from './run-demo';

/**
 * Prints the story as text, with the chapters numbered. On a terminal long lines are wrapped.
 *
 * @param pause waits before every chapter but the first, so that a person can follow
 */
export function printStory(output: Output, pause: () => Promise<void>): Listener {
  let chapters = 0;
  return {
    async chapter(title) {
      if (chapters > 0) await pause();
      printText(output, `${++chapters}. ${title}`, '   ');
    },
    line: (text) => printText(output, `   ${text}`, '     ')
  };
}
