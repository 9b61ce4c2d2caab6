import type { Secret } from '../input/Secret';

/** The JSON of an answer, with the token taken out of every text in it; undefined where it is not valid JSON. */
export function parseAnswer(text: string, token: Secret): unknown {
  const redact = (_key: string, value: unknown): unknown => (typeof value === 'string' ? token.redact(value) : value);
  try {
    // Some servers begin with a byte order mark, which RFC 8259 forbids to send and allows to ignore.
    const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
    const parsed = JSON.parse(json) as unknown;
    // Looking at every value takes ten times as long. Without an escape the token would show as it is; with one it does once
    // the value is written out again, where it is escaped in one way only.
    const shown = json.includes('\\') ? JSON.stringify(parsed) : json;
    // A backslash in a value is two there, so the token in JSON that is itself in a text would look otherwise than in the value.
    const mayHoldToken = shown.includes('\\\\') || token.redact(shown) !== shown;
    return mayHoldToken ? (JSON.parse(json, redact) as unknown) : parsed;
  } catch {
    return undefined;
  }
}
