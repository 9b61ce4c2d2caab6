import type { Attribute, ObjectType } from './ObjectType';

/** What objects have to be like to be found by a query. */
export type Condition =
  | { readonly kind: 'all' }
  | { readonly kind: 'compare'; readonly attribute: Attribute; readonly operator: string; readonly value: unknown }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] };

/** A condition as `query.json` takes it. */
export interface QueryText {
  /** Empty where every object is found. */
  readonly expression: string;
  /** A value for each `?`. */
  readonly values: readonly unknown[];
}

/** The text that the vendor's library sends for a condition: brackets around every `and` and `or`, even with one part. */
export function writeCondition(condition: Condition): QueryText {
  if (condition.kind === 'all') return { expression: '', values: [] };
  if (condition.kind === 'compare') {
    const { attribute, operator, value } = condition;
    const name = 'relation' in attribute ? `${attribute.relation}_id` : attribute.name;
    return { expression: `${name} ${operator} ?`, values: [value] };
  }
  const written = condition.parts.map(writeCondition).filter(({ expression }) => expression !== '');
  if (written.length === 0) return { expression: '', values: [] };
  return {
    expression: `(${written.map(({ expression }) => expression).join(` ${condition.kind} `)})`,
    values: written.flatMap(({ values }) => values)
  };
}

/**
 * The condition of `where({ field: value, … })`: all of the fields are equal to their values.
 *
 * @throws Error where the model has no such field
 */
export function matchFields(type: ObjectType, wanted: Readonly<Record<string, unknown>>): Condition {
  const parts = Object.entries(wanted).map(([name, value]): Condition => {
    const attribute = type.findAttribute(name);
    if (attribute === undefined) throw new Error(`The model "${type.name}" has no field "${name}".`);
    return { kind: 'compare', attribute, operator: '=', value: takeValue(attribute, value) };
  });
  return { kind: 'and', parts };
}

/**
 * The value that is sent for an attribute. A relation takes an object, and its `id` is sent: an id in its place has none, so
 * that `null` is sent, as the vendor's library does without a word (observed).
 */
export function takeValue({ kind }: Attribute, value: unknown): unknown {
  if (kind !== 'relation' || value === null || value === undefined) return value;
  return (value as { readonly id?: unknown }).id;
}
