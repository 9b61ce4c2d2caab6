const REDACTED = '[redacted]';

/** Takes what must not be shown out of a text. It needs the whole text: of a secret that was cut, a piece would stay. */
export type Redact = (text: string) => string;

/**
 * A value that must never be printed. However it is turned into text, it reads `[redacted]`; only `reveal()` gives
 * the value, and `redact(text)` takes it out of text that came from elsewhere.
 */
export class Secret {
  readonly reveal: () => string;

  /** The text with every occurrence of the secret replaced by `[redacted]`, also as JSON or an address has it. */
  readonly redact: Redact;

  /** @param value the secret, not empty. */
  constructor(value: string) {
    const plain = findPlain(value);
    const forms = findForms(value);
    // Held in closures and not in fields, so that no inspection of the object can show it.
    this.reveal = () => value;
    // Nearly all text has no escape in it, and is looked through in a fraction of the time.
    this.redact = (text) => text.replace(text.includes('\\') || text.includes('%') ? forms : plain, REDACTED);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  /** What Node's `util.inspect`, and so `console.log`, shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** The secret plain, in letters of either case. */
function findPlain(secret: string): RegExp {
  return new RegExp(
    secret
      .split('')
      .map((character) => `\\u${toHex(character)}`)
      .join(''),
    'gi'
  );
}

/** The secret plain, in JSON (in JSON that is itself in a text of JSON, too), and in an address; in letters of either case. */
function findForms(secret: string): RegExp {
  const characters = secret.split('').map((character) => {
    const hex = toHex(character);
    // Of printable characters these are what JSON may write with a backslash.
    const backslashes = '"\\/'.includes(character) ? '\\\\{0,3}' : '';
    return `(?:${backslashes}\\u${hex}|\\\\{1,3}u${hex}|%${hex.slice(2)})`;
  });
  return new RegExp(characters.join(''), 'gi');
}

/** The four digits that stand for a character in an escape. */
function toHex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}
