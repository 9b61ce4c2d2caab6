import type { FailureFacts } from '../requests/classify-response';
import type { Redact } from '../input/Secret';
import { cleanText, MAX_DETAIL_BYTES } from '../outside-text';
import { readNetworkError } from './read-network-error';

/** What an error of `DB` says beside its message: `status` and `type`, or a code of the system (vendor's library). */
export function readFacts(error: unknown, redact: Redact): FailureFacts {
  const { status, type, code, cause } = (error ?? {}) as Record<string, unknown>;
  const platformType = typeof type === 'string' ? { platformType: redact(type) } : {};
  // An answer that is not valid JSON comes as an error with status 200, or as the parser's own.
  if (error instanceof SyntaxError || type === 'invalid-json') return { network: 'garbled' };
  if (typeof status === 'number') return { ...platformType, status, ...(status < 300 && { network: 'garbled' }) };
  const systemCode = code ?? (cause as { code?: unknown } | null | undefined)?.code;
  return { ...platformType, ...(typeof systemCode === 'string' && { network: readNetworkError(systemCode) }) };
}

/**
 * What went wrong, in the words of whatever was thrown, without secrets, escaped and cut: `DB` also rejects with plain objects, and its
 * message has the whole answer (both observed).
 */
export function describeThrown(error: unknown, redact: Redact): string {
  return cleanText(redact(findWords(error)), MAX_DETAIL_BYTES);
}

function findWords(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { message, detail, type } = (error ?? {}) as Record<string, unknown>;
  const text = [message, detail, type].find((value): value is string => typeof value === 'string' && value !== '');
  return text ?? (typeof error === 'string' ? error : 'no reason was given');
}
