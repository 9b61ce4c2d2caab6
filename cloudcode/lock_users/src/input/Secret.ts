const REDACTED = '[redacted]';

/**
 * A value that must never be printed. However it is turned into text, it reads `[redacted]`; only `reveal()` gives
 * the value, and `redact(text)` takes it out of text that came from elsewhere.
 */
export class Secret {
  readonly reveal: () => string;

  /** @param value the secret, not empty. */
  constructor(value: string) {
    // Held in a closure and not in a field, so that no inspection of the object can show it.
    this.reveal = () => value;
  }

  /** The text with every occurrence of the secret replaced by `[redacted]`. */
  redact(text: string): string {
    return text.split(this.reveal()).join(REDACTED);
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
