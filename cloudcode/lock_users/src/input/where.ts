import type { Check, Checked } from './Check';
import { describeValue } from './Check';

/** A query text with `?` for every value, and the values, as `DB.<model>.where` takes them. */
export interface WhereClause {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Which users a run is about. Both set: the users that match `where` and are in `userIds`. Neither: everybody. */
export interface Selection {
  readonly where?: WhereClause;
  readonly userIds?: readonly string[];
}

/**
 * A list such as `["role = ?", "driver"]` as a query for `DB`. Its text holds no values, so that nothing that somebody typed gets
 * into it.
 */
export function checkWhere(where: readonly unknown[], name: string): Checked<WhereClause> {
  const [text, ...values] = where;
  if (typeof text !== 'string' || text.trim() === '') {
    return {
      mistakes: [`${name} starts with the query text, such as "role = ?", not ${describeValue(text)}.`]
    };
  }
  const mistakes: string[] = [];
  if (!/^[\w\s?.,()=!<>-]*$/.test(text) || !isBalanced(text)) {
    mistakes.push(
      `${name} has fields, operators, brackets and "?" in its text, and nothing else: values come after it, one for each "?".`
    );
  }
  const marks = text.split('?').length - 1;
  if (marks !== values.length) {
    mistakes.push(`${name} has ${marks} "?" in its text and ${values.length} values after it; each "?" takes one.`);
  }
  const wrong = values.find((value) => !(Array.isArray(value) ? value.every(isScalar) : isScalar(value)));
  if (wrong !== undefined) {
    mistakes.push(
      `A value of ${name} is text, a number, true, false, null or an array of these, not ${describeValue(wrong)}.`
    );
  }
  return mistakes.length > 0 ? { mistakes } : { value: { text, values } };
}

/** The same as JSON text, as a variable holds it. */
export const parseWhere: Check<WhereClause> = (value, name) => {
  let where: unknown;
  try {
    where = JSON.parse(String(value)) as unknown;
  } catch {
    return { mistakes: [`${name} is not valid JSON. Write it such as ["role = ?", "administrator"].`] };
  }
  return Array.isArray(where)
    ? checkWhere(where, name)
    : { mistakes: [`${name} must be an array such as ["role = ?", "administrator"], not ${describeValue(where)}.`] };
};

/** The words of a query's text: fields, relations and operators. */
export function listNames({ text }: WhereClause): readonly string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
