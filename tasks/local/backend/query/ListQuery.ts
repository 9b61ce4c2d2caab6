import type { Expression } from './Expression';

/** What a list is to hold, and in which order; the last key of the order is always the id. */
export interface ListQuery {
  readonly expression: Expression;
  readonly sort: readonly { readonly field: string; readonly descending: boolean }[];
}
