import type { Output } from './Command';
import { wrapText } from './wrap-text';

/**
 * Prints a text for people, wrapped at the terminal's width, and ends the line. Data is written with `write` instead.
 *
 * @param hanging what the later parts of a wrapped line begin with. Default: the line's own indentation
 */
export function printText(output: Output, text: string, hanging?: string): void {
  output.write(`${wrapText(text, output.columns, hanging)}\n`);
}
