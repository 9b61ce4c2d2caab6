import isPlainObject from 'lodash/isPlainObject';
import type { Output } from '../shared/Command';
import { printText } from '../shared/print-text';

/**
 * Prints a task's log to stderr. Where both streams are a terminal, a result that the task logs as its last line, as JSON, is left
 * out: it is printed to stdout as well, and a person would read it twice.
 */
export class TaskLogPrinter {
  private held: string | undefined;

  constructor(private readonly output: { readonly stdout: Output; readonly stderr: Output }) {}

  line(text: string): void {
    this.release();
    const { stdout, stderr } = this.output;
    const isOnTerminal = stdout.columns !== undefined && stderr.columns !== undefined;
    if (isOnTerminal && parseObject(text) !== undefined) this.held = text;
    else printText(stderr, text);
  }

  /** Ends the log. @param result what is printed to stdout, or undefined where nothing is */
  end(result: unknown): void {
    const logged = parseObject(this.held ?? '');
    if (logged !== undefined && isPlainObject(result) && saysTheSame(logged, result as object)) this.held = undefined;
    this.release();
  }

  private release(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) printText(this.output.stderr, held);
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Whether what was logged has all of the result; lists in it may be shorter. */
function saysTheSame(logged: Readonly<Record<string, unknown>>, result: object): boolean {
  return Object.entries(result).every(([name, value]) =>
    typeof value === 'object' && value !== null ? name in logged : logged[name] === value
  );
}
