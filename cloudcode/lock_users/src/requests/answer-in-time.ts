import type { Clock } from '../ports';

/**
 * What comes of a call of the platform, such as of `DB`, which has no time limit of its own: one that never ends would end the
 * invocation without a report.
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
