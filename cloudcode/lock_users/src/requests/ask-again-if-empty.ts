/**
 * A list whose emptiness changes what a run does or says: an empty one is asked for once more, because the platform's client takes
 * some errors for an empty list (observed). A list that is empty in an ordinary run is better asked for once.
 */
export async function askAgainIfEmpty<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const found = await ask();
  return found.length > 0 ? found : ask();
}
