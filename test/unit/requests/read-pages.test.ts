import fc from 'fast-check';
import { readPages } from '../../../cloudcode/lock_users/src/requests/read-pages';

/** A list of numbers from a server that gives `cap` at most, and fewer where `shortAt` says so. */
function serve(count: number, cap: number, shortAt: readonly number[], showsEnd: boolean) {
  const calls: [number, number][] = [];
  const read = (limit: number, skip: number) => {
    calls.push([limit, skip]);
    const most = Math.min(limit, cap);
    const length = shortAt.includes(calls.length) ? Math.max(1, Math.floor(most / 2)) : most;
    const items = Array.from({ length: Math.max(0, Math.min(length, count - skip)) }, (_, index) => skip + index);
    return Promise.resolve({ items, isLast: showsEnd && skip + items.length >= count });
  };
  return { read, calls };
}

test('every item is seen, whatever the size of the pages and wherever one is short', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(300),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 2, max: 40 }), { maxLength: 10 }),
      fc.boolean(),
      async (count, cap, shortAt, showsEnd) => {
        const { read } = serve(count, cap, shortAt, showsEnd);
        const seen: number[] = [];
        await readPages(read, (items) => seen.push(...items));

        expect([...new Set(seen)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      }
    )
  );
});

test.each([
  [0, true, 1],
  [1, true, 1],
  [10, true, 1],
  [11, true, 2],
  [0, false, 1],
  [10, false, 2],
  [35, false, 5]
])(
  'a list of %i items on pages of 10, whose last page is known to be so: %j, costs %i requests',
  async (count, showsEnd, requests) => {
    const { read, calls } = serve(count, 10, [], showsEnd);
    await readPages(read, () => undefined);

    expect(calls).toHaveLength(requests);
  }
);

test('of a long list up to eight pages are read at once', async () => {
  const { read } = serve(500, 10, [], true);
  let [inFlight, most] = [0, 0];
  await readPages(
    async (limit, skip) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight--;
      return read(limit, skip);
    },
    () => undefined
  );

  expect(most).toBe(8);
});

test('where one page cannot be read, the others that are under way are still waited for', async () => {
  const { read } = serve(500, 10, [], true);
  const seen: number[] = [];
  const reading = readPages(
    async (limit, skip) => {
      if (skip === 20) throw new Error('broken');
      for (let n = 0; skip > 20 && n < 20; n++) await Promise.resolve();
      return read(limit, skip);
    },
    (items) => seen.push(...items)
  );

  await expect(reading).rejects.toThrow('broken');
  const seenThen = seen.length;
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toHaveLength(seenThen);
});
