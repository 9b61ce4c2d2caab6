import { invalidRequest } from '../http/ApiError';
import { OPERATORS } from './Expression';
import type { Expression, Operator } from './Expression';
import { readArgument } from './read-argument';

interface Token {
  readonly text: string;
  readonly position: number;
}

const TOKEN =
  /\s*(?:(starts\s+with|not\s+in|contains|in|and|or)(?![A-Za-z0-9_])|(!=|<=|>=|=|<|>|\(|\)|\?)|([A-Za-z_][A-Za-z0-9_]*))/iy;
const OPERATOR_TEXTS: readonly string[] = OPERATORS;

/**
 * Parses query text such as `role = ? and (name starts with ? or depot_id in ?)`; each `?` takes the next argument.
 * Empty text is the condition that always holds.
 *
 * @param typeOf the type of the model's field of that name, undefined where there is none
 * @throws ApiError `INVALID_API_REQUEST` with the position of the mistake
 */
export function parseExpression(
  text: string,
  args: readonly unknown[],
  typeOf: (name: string) => string | undefined
): Expression {
  const tokens = tokenize(text);
  let next = 0;
  let used = 0;
  if (tokens.length === 0 && args.length === 0) return { kind: 'all' };

  const fail = (message: string): never => {
    throw invalidRequest(`${message} at position ${tokens[next]?.position ?? text.length} of '${text}'.`);
  };
  const take = (): string => (tokens[next++] ?? { text: '' }).text;

  function parseJoined(kind: 'and' | 'or', parsePart: () => Expression): Expression {
    const parts = [parsePart()];
    while (tokens[next]?.text === kind) {
      next++;
      parts.push(parsePart());
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind, parts };
  }
  const parseOr = (): Expression => parseJoined('or', () => parseJoined('and', parsePart));

  function parsePart(): Expression {
    if (tokens[next]?.text === '(') {
      next++;
      const inner = parseOr();
      if (tokens[next]?.text !== ')') fail('Expected )');
      next++;
      return inner;
    }
    const field = tokens[next]?.text ?? '';
    const type = typeOf(field) ?? fail(`Unknown field '${field}'`);
    next++;
    if (!OPERATOR_TEXTS.includes(tokens[next]?.text ?? '')) fail('Expected an operator');
    const operator = take() as Operator;
    if (tokens[next]?.text !== '?') fail('Expected ?');
    if (used >= args.length) fail('Not enough arguments');
    next++;
    const argument = readArgument(type, operator, args[used++]);
    if ((operator === 'in' || operator === 'not in') && !Array.isArray(argument)) fail(`'${operator}' takes a list`);
    return { kind: 'compare', field, operator, argument };
  }

  const expression = parseOr();
  if (next < tokens.length) fail('Unexpected text');
  if (used < args.length) fail('Too many arguments');
  return expression;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN);
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw invalidRequest(`Unexpected text at position ${start} of '${text}'.`);
    const [, word, sign, name] = match;
    const token = word !== undefined ? word.toLowerCase().replace(/\s+/g, ' ') : (sign ?? name ?? '');
    tokens.push({ text: token, position: start });
  }
  return tokens;
}
