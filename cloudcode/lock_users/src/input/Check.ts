/** The largest number of characters of a value that a sentence repeats. Ours. */
const MAX_SHOWN_LENGTH = 60;

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

/** A value as JSON, cut to 60 characters, for an error message. */
export function describeValue(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}
