import type { Value } from '../state/field-values';
import type { Comparison, Expression } from './Expression';

/**
 * Whether a condition holds for an object whose values `read` gives. The rules are those by which the vendor's client
 * evaluates queries itself, and those of the server by assumption; values of different types are never equal (assumed).
 */
export function evaluateExpression(expression: Expression, read: (field: string) => Value): boolean {
  switch (expression.kind) {
    case 'all':
      return true;
    case 'and':
      return expression.parts.every((part) => evaluateExpression(part, read));
    case 'or':
      return expression.parts.some((part) => evaluateExpression(part, read));
    case 'null':
      return isEmpty(read(expression.field)) === expression.isNull;
    case 'compare':
      return compareWith(read(expression.field), expression);
  }
}

/** Null first, text without regard to letter case: the order of the server is assumed. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  const [left, right] = [fold(a), fold(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareWith(value: Value, { operator, argument, heedsCase = false }: Comparison): boolean {
  switch (operator) {
    case '=':
      return isEqual(value, argument);
    case '!=':
      return !isEqual(value, argument);
    case 'in':
      return isIn(value, argument);
    case 'not in':
      return !isIn(value, argument);
    case 'starts with':
      return isText(value) && isText(argument) && value.toLowerCase().startsWith(argument.toLowerCase());
    case 'contains':
      return contains(value, argument, heedsCase);
    default:
      return isOrdered(value, operator, argument);
  }
}

/** Lists are equal where they have the same entries in the same order. */
function isEqual(value: Value, argument: unknown): boolean {
  if (!Array.isArray(value) || !Array.isArray(argument)) return value === (argument ?? null);
  return value.length === argument.length && value.every((entry, index) => entry === argument[index]);
}

/** Of a list, one entry is enough. */
function isIn(value: Value, argument: unknown): boolean {
  const wanted = Array.isArray(argument) ? (argument as unknown[]) : [];
  return Array.isArray(value)
    ? value.some((entry) => wanted.includes(entry))
    : wanted.some((entry) => isEqual(value, entry));
}

/** A list contains one value, or every value of another list. */
function contains(value: Value, argument: unknown, heedsCase: boolean): boolean {
  if (Array.isArray(value)) {
    const wanted: unknown[] = Array.isArray(argument) ? argument : [argument];
    return wanted.every((entry) => (value as unknown[]).includes(entry));
  }
  if (!isText(value) || !isText(argument)) return false;
  return heedsCase ? value.includes(argument) : value.toLowerCase().includes(argument.toLowerCase());
}

/** Nothing is smaller or larger than null, true or false, nor than a value of another type. Text goes by code unit. */
function isOrdered(value: Value, operator: string, argument: unknown): boolean {
  if (Array.isArray(value)) return (operator === '<=' || operator === '>=') && isEqual(value, argument);
  if (typeof value !== typeof argument || (typeof value !== 'string' && typeof value !== 'number')) return false;
  const wanted = argument as typeof value;
  if (operator === '<') return value < wanted;
  if (operator === '<=') return value <= wanted;
  return operator === '>' ? value > wanted : value >= wanted;
}

function isEmpty(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function fold(value: Exclude<Value, null>): string | number {
  if (typeof value === 'number') return value;
  return typeof value === 'boolean' ? Number(value) : String(value).toLowerCase();
}
