/** Enough to keep one process busy, and few enough sockets for any machine. */
const MOST_AT_ONCE = 32;

/**
 * Does something with each item, some of them at once. What has begun is done when this ends, however it ends.
 *
 * @param signal aborting it begins nothing more
 * @throws the first error, or the signal's reason
 */
export async function forEachOf<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  signal: AbortSignal
): Promise<void> {
  const left = items.values();
  async function work(): Promise<void> {
    for (const item of left) {
      signal.throwIfAborted();
      await act(item);
    }
  }
  const results = await Promise.allSettled(Array.from({ length: MOST_AT_ONCE }, work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
