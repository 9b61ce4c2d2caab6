import { escapeText } from '../../cloudcode/lock_users/src/outside-text';
import type { Output } from '../shared/Command';
import { printText } from '../shared/print-text';

/** A line that begins with a mark in colour (a number of SGR). */
export interface MarkedLine {
  readonly mark: string;
  readonly colour: number;
  readonly text: string;
}

/** A line of the data on a terminal. */
export type Line = string | MarkedLine;

/**
 * Prints the data for a terminal. This and the others here are the places where text is printed, so that nothing from outside, such as a
 * display name or the field of a record, can break a line or reach the terminal as a code.
 */
export function printLines(output: Output, lines: readonly Line[]): void {
  if (lines.length > 0) output.write(`${lines.map(show).join('\n')}\n`);
}

/** Prints a message for a person, wrapped at the terminal's width. Its own line breaks stay, so it must have none from outside. */
export function printMessage(output: Output, message: string): void {
  printText(output, escapeLines(message));
}

/** Prints JSON, which has the same value when it is escaped. */
export function printJson(output: Output, data: Readonly<Record<string, unknown>>): void {
  output.write(`${escapeLines(JSON.stringify(data, null, 2))}\n`);
}

function show(line: Line): string {
  if (typeof line === 'string') return escapeText(line);
  return `\u001b[${line.colour}m${escapeText(line.mark)}\u001b[0m ${escapeText(line.text)}`;
}

function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n');
}
