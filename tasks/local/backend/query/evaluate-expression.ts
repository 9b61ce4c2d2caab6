import type { Expression } from './Expression';
import type { Value } from '../state/field-values';

/** Whether a condition holds for an object whose values `read` gives. */
export function evaluateExpression(expression: Expression, read: (field: string) => Value): boolean {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'and':
      return expression.parts.every((part) => evaluateExpression(part, read));
    case 'or':
      return expression.parts.some((part) => evaluateExpression(part, read));
    case 'null':
      return (read(expression.field) === null) === expression.isNull;
    case 'compare':
      return compareWith(read(expression.field), expression.operator, expression.argument);
  }
}

/** Null first, text without regard to letter case: the order of the vendor's library in memory; the server's is assumed. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const [left, right] = [fold(a), fold(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareWith(value: Value, operator: string, argument: unknown): boolean {
  const wanted = readKey(argument);
  switch (operator) {
    case '=':
      return isEqual(value, wanted);
    case '!=':
      return !isEqual(value, wanted);
    case 'in':
      return (argument as unknown[]).some((entry) => isEqual(value, readKey(entry)));
    case 'not in':
      return !(argument as unknown[]).some((entry) => isEqual(value, readKey(entry)));
    case 'starts with':
      return typeof value === 'string' && fold(value).toString().startsWith(String(wanted).toLowerCase());
    case 'contains':
      if (Array.isArray(value)) return value.some((entry) => entry === wanted);
      return typeof value === 'string' && fold(value).toString().includes(String(wanted).toLowerCase());
    default:
      return isOrdered(value, operator, wanted);
  }
}

/** Nothing is smaller or larger than null, nor than a value of another type. */
function isOrdered(value: Value, operator: string, wanted: unknown): boolean {
  if (value === null || typeof value !== typeof wanted || typeof value === 'object') return false;
  const difference = value < (wanted as typeof value) ? -1 : value > (wanted as typeof value) ? 1 : 0;
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  if (operator === '>') return difference > 0;
  return difference >= 0;
}

function isEqual(value: Value, wanted: unknown): boolean {
  return value === (wanted ?? null);
}

/** A choice may be given as `{ key }`. */
function readKey(argument: unknown): unknown {
  const isObject = typeof argument === 'object' && argument !== null && !Array.isArray(argument);
  return isObject ? (argument as { key?: unknown }).key : argument;
}

function fold(value: Exclude<Value, null>): string | number {
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : String(value).toLowerCase();
}
