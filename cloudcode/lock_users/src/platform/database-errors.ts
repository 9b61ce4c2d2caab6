import type { FailureFacts } from '../requests/classify-response';
import { cleanText, MAX_DETAIL_BYTES } from '../outside-text';
import type { Clock } from '../ports';

/** What an error of `DB` says beside its message: `status` and `type`, or a code of the system (vendor's library). */
export function readFacts(error: unknown): FailureFacts {
  const { status, type, code, cause } = (error ?? {}) as Record<string, unknown>;
  const platformType = typeof type === 'string' ? { platformType: type } : {};
  // An answer that is no JSON comes as an error with status 200, or as the parser's own.
  if (error instanceof SyntaxError || type === 'invalid-json') return { network: 'garbled' };
  if (typeof status === 'number') return { ...platformType, status, ...(status < 300 && { network: 'garbled' }) };
  const systemCode = code ?? (cause as { code?: unknown } | null | undefined)?.code;
  return { ...platformType, ...(typeof systemCode === 'string' && { network: 'connection' }) };
}

/** What went wrong, in the words of whatever was thrown, escaped and cut: `DB` also rejects with plain objects (observed). */
export function describeThrown(error: unknown): string {
  return cleanText(findWords(error), MAX_DETAIL_BYTES);
}

function findWords(error: unknown): string {
  if (error instanceof Error) return error.message;
  const { message, detail, type } = (error ?? {}) as Record<string, unknown>;
  const text = [message, detail, type].find((value): value is string => typeof value === 'string' && value !== '');
  return text ?? (typeof error === 'string' ? error : 'the database gave no reason');
}

/**
 * What comes of a request of `DB`, which has no time limit of its own: one that never ends would end the invocation
 * without a report.
 *
 * @returns the answer, or undefined where there is none in time
 */
export async function answerInTime<T>(
  clock: Clock,
  timeoutMs: number,
  request: PromiseLike<T>
): Promise<{ readonly answer: T } | undefined> {
  const answered = new AbortController();
  const tooLate = clock.sleep(timeoutMs, answered.signal).then(() => undefined);
  try {
    return await Promise.race([Promise.resolve(request).then((answer) => ({ answer })), tooLate]);
  } finally {
    answered.abort('answered');
  }
}
