import type { Output } from './Command';
import { wrapText } from './wrap-text';

/** Prints a text for people, wrapped at the terminal's width, and ends the line. Data is written with `write` instead. */
export function printText(output: Output, text: string): void {
  output.write(`${wrapText(text, output.columns)}\n`);
}
