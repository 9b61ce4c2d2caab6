import { invalidRequest } from '../http/ApiError';
import type { Expression } from './Expression';

/**
 * The condition with what a backend makes of `id = ?` and `id in ?` in it: it `works`, is `refused` as an unknown field is, or
 * is `ignored`, so that it holds for every object.
 *
 * @throws ApiError `INVALID_API_REQUEST`
 */
export function applyFilterById(expression: Expression, filterById: 'works' | 'refused' | 'ignored'): Expression {
  if (filterById === 'works') return expression;
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, parts: expression.parts.map((part) => applyFilterById(part, filterById)) };
    case 'compare':
      if (expression.field !== 'id' || !['=', 'in'].includes(expression.operator)) return expression;
      if (filterById === 'refused') throw invalidRequest(`'id' cannot be used with '${expression.operator}'.`);
      return { kind: 'all' };
    default:
      return expression;
  }
}
