/** Comparison operators of the query language. Documented ("Querying DB objects"). */
export const OPERATORS = ['=', '!=', '<=', '>=', '<', '>', 'starts with', 'contains', 'not in', 'in'] as const;
export type Operator = (typeof OPERATORS)[number];

/** A field beside an argument, which has the form in which values of the field are kept. */
export interface Comparison {
  readonly kind: 'compare';
  readonly field: string;
  readonly operator: Operator;
  readonly argument: unknown;
  /** Whether `contains` heeds letter case, as it does in addresses (documented). Default false. */
  readonly heedsCase?: boolean;
}

/** A condition on an object; `all` holds for every object. */
export type Expression =
  | Comparison
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'null'; readonly field: string; readonly isNull: boolean };
