import { takeValue } from './Condition';
import type { Condition } from './Condition';
import type { ObjectType } from './ObjectType';

/** In the order in which the vendor's library looks for them; there must be one blank in those of two words. */
const OPERATORS = ['>=', '<=', '=', '!=', '>', '<', 'starts with', 'contains', 'in', 'not in'];

/**
 * Parses the text of a query, such as `role = ? and (name starts with ? or depot_id in ?)`. Each `?` takes the next value, and
 * values too many are ignored.
 *
 * It takes what the vendor's library takes and nothing else: words in lower case, and blanks as the only white space. An id as
 * the value of a relation is not refused, there or here.
 *
 * @throws Error with the place of the mistake
 */
export function parseWhere(type: ObjectType, text: unknown, values: readonly unknown[]): Condition {
  if (typeof text !== 'string') throw new Error(`A query takes text or an object, not ${String(text)}.`);
  const reader = new WhereReader(type, text, values);
  return reader.readAll();
}

/** Reads a query's text from left to right. */
class WhereReader {
  private position = 0;
  private marks = 0;

  constructor(
    private readonly type: ObjectType,
    private readonly text: string,
    private readonly values: readonly unknown[]
  ) {
    this.skipBlanks();
  }

  readAll(): Condition {
    const condition = this.readOr();
    if (this.position < this.text.length) this.fail('Expected "and", "or" in lower case, or the end');
    return condition;
  }

  private readOr(): Condition {
    return this.readJoined('or', () => this.readJoined('and', () => this.readPart()));
  }

  private readJoined(kind: 'and' | 'or', readPart: () => Condition): Condition {
    const first = readPart();
    if (!this.isAtWord(kind)) return first;
    const parts = [first];
    while (this.isAtWord(kind)) {
      this.advance(kind.length);
      parts.push(readPart());
    }
    return { kind, parts };
  }

  private readPart(): Condition {
    if (this.take('(')) {
      const inner = this.readOr();
      if (!this.take(')')) this.fail('Expected ")"');
      return inner;
    }
    const start = this.position;
    const [name = ''] = /^[A-Za-z_][A-Za-z0-9_]*/.exec(this.text.slice(start)) ?? [];
    if (name === '') this.fail('Expected a field or "("');
    this.advance(name.length);
    const operator = OPERATORS.find((candidate) => this.text.startsWith(candidate, this.position));
    if (operator === undefined) return this.fail(`Expected one of ${OPERATORS.join(', ')} in lower case`);
    this.advance(operator.length);
    if (!/^\?(?:[ )]|$)/.test(this.text.slice(this.position))) this.fail('Expected "?"');
    this.advance(1);
    const attribute = this.type.findAttribute(name);
    if (attribute === undefined) return this.fail(`The model "${this.type.name}" has no field "${name}"`, start);
    if (attribute.kind === 'list') this.fail(`"${name}" is a list of objects, by which no query can select`, start);
    const index = this.marks++;
    if (index >= this.values.length) {
      const marks = this.text.split('?').length - 1;
      throw new Error(`The query "${this.text}" has ${marks} "?" and ${this.values.length} values.`);
    }
    return { kind: 'compare', attribute, operator, value: takeValue(attribute, this.values[index]) };
  }

  private take(sign: '(' | ')'): boolean {
    if (this.text[this.position] !== sign) return false;
    this.advance(1);
    return true;
  }

  private isAtWord(word: string): boolean {
    const end = this.position + word.length;
    return this.text.startsWith(word, this.position) && (end >= this.text.length || this.text[end] === ' ');
  }

  private advance(length: number): void {
    this.position += length;
    this.skipBlanks();
  }

  private skipBlanks(): void {
    while (this.text[this.position] === ' ') this.position++;
  }

  private fail(message: string, position = this.position): never {
    throw new Error(`${message}. That is at position ${position} of the query "${this.text}".`);
  }
}
