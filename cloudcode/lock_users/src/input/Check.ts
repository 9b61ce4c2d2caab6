import { cleanText, countBytes } from '../outside-text';

/** Bytes of a value that a sentence repeats. Ours. */
export const MAX_SHOWN_BYTES = 60;

/** Bytes of one mistake, and of all that are named together. Ours: they fit in the message of an error. */
const MAX_MISTAKE_BYTES = 400;
const MAX_MISTAKES_BYTES = 1400;

/** A value that passed its check, or sentences about what is wrong with it. */
export type Checked<T> = { readonly value: T } | { readonly mistakes: readonly string[] };

/** Checks a value from outside. `name` is how a sentence calls it. */
export type Check<T> = (value: unknown, name: string) => Checked<T>;

/** One thing that can be set from outside: a parameter of a run, or a variable of the deployment. */
export interface Definition<T, Default extends T | undefined> {
  readonly check: Check<T>;
  /** What holds where nothing is set. */
  readonly default: Default;
  /** The default in words, for the documentation. */
  readonly defaultText: string;
  /** What it means, for the documentation: Markdown, one line. */
  readonly doc: string;
}

/** The types of the values of a table of definitions. */
export type Values<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Definition<infer T, infer Default> ? T | Default : never;
};

/** A definition, with the type of its default kept. */
export function define<T, Default extends T | undefined>(definition: Definition<T, Default>): Definition<T, Default> {
  return definition;
}

/** A check of a type, with a sentence that says what is expected. */
export function must<T>(isValid: (value: unknown) => value is T, expected: string): Check<T> {
  return (value, name) =>
    isValid(value) ? { value } : { mistakes: [`${name} must be ${expected}, not ${describeValue(value)}.`] };
}

/** The start of a value as JSON, for an error message, however large or deeply nested the value is. */
export function describeValue(value: unknown): string {
  return cleanText(beginJson(value, MAX_SHOWN_BYTES + 1), MAX_SHOWN_BYTES);
}

/** All mistakes as one text, as far as they fit, and the number of the others. @param unnamed mistakes without a sentence */
export function joinMistakes(mistakes: readonly string[], unnamed = 0): string {
  const named: string[] = [];
  let left = MAX_MISTAKES_BYTES;
  for (const mistake of mistakes) {
    const sentence = cleanText(mistake, MAX_MISTAKE_BYTES);
    left -= countBytes(sentence) + 1;
    if (left < 0) break;
    named.push(sentence);
  }
  const omitted = mistakes.length - named.length + unnamed;
  if (omitted > 0) named.push(`And ${omitted} more ${omitted === 1 ? 'mistake' : 'mistakes'}.`);
  return named.join(' ');
}

/** `JSON.stringify` overflows the stack on deep nesting; each level takes a character here, so that few are entered. */
function beginJson(value: unknown, length: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, length));
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value !== 'object') return typeof value;
  const isList = Array.isArray(value);
  let text = '';
  for (const [name, inner] of Object.entries(value)) {
    if (text.length >= length) break;
    text += text === '' ? (isList ? '[' : '{') : ',';
    if (!isList) text += `${beginJson(name, length - text.length)}:`;
    text += beginJson(inner, length - text.length);
  }
  return isList ? `${text || '['}]` : `${text || '{'}}`;
}
