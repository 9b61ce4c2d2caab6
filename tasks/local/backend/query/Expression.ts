/** Comparison operators of the query language. Documented ("Querying DB objects"). */
export const OPERATORS = ['=', '!=', '<=', '>=', '<', '>', 'starts with', 'contains', 'not in', 'in'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A condition on an object; `all` holds for every object. */
export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'compare'; readonly field: string; readonly operator: Operator; readonly argument: unknown }
  | { readonly kind: 'null'; readonly field: string; readonly isNull: boolean };
