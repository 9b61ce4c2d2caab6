import fc from 'fast-check';
import { readList } from '../../../cloudcode/lock_users/src/requests/read-list';
import type { ListPage, ListSource } from '../../../cloudcode/lock_users/src/requests/read-list';

/** A list of numbers from a server that gives `cap` at most, and fewer where `shortAt` says so. */
function serve(count: number, cap: number, shortAt: readonly number[], showsEnd: boolean) {
  const calls: [number, number][] = [];
  const read = (limit: number, skip: number): Promise<ListPage<number>> => {
    calls.push([limit, skip]);
    const most = Math.min(limit, cap);
    const length = shortAt.includes(calls.length) ? Math.max(2, Math.floor(most / 2)) : most;
    const items = Array.from({ length: Math.max(0, Math.min(length, count - skip)) }, (_, index) => skip + index);
    return Promise.resolve({ items, more: showsEnd ? skip + items.length < count : undefined });
  };
  return { read, calls };
}

/** Collects what is seen. */
function collect(): { readonly seen: Set<number>; readonly see: ListSource<number>['see'] } {
  const seen = new Set<number>();
  const see = (items: readonly number[]): number => {
    const before = seen.size;
    for (const item of items) seen.add(item);
    return seen.size - before;
  };
  return { seen, see };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const seamOf = String;

test('every item is seen, whatever the size of the pages and wherever one is short', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(300),
      fc.integer({ min: 2, max: 50 }),
      fc.array(fc.integer({ min: 2, max: 40 }), { maxLength: 10 }),
      fc.boolean(),
      fc.boolean(),
      async (count, cap, shortAt, showsEnd, overlaps) => {
        const { read } = serve(count, cap, shortAt, showsEnd);
        const { seen, see } = collect();
        const end = await readList({ readPage: read, see, ...(overlaps && { seamOf }) });

        expect([...seen].sort((a, b) => a - b)).toEqual(range(count));
        expect(end).toEqual({ isStable: true, isStuck: false });
      }
    )
  );
});

test('one empty answer, wherever it comes, hides no item of a list that overlaps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(300), fc.integer({ min: 2, max: 50 }), fc.nat(100), async (count, cap, emptyAt) => {
      const { read } = serve(count, cap, [], false);
      const { seen, see } = collect();
      let answers = 0;
      const end = await readList({
        see,
        seamOf,
        readPage: (limit, skip) =>
          answers++ === emptyAt ? Promise.resolve({ items: [], more: undefined }) : read(limit, skip)
      });

      expect([...seen].sort((a, b) => a - b)).toEqual(range(count));
      expect(end).toEqual({ isStable: true, isStuck: false });
    })
  );
});

test.each([
  [0, true, false, 1],
  [1, true, false, 1],
  [10, true, false, 1],
  [11, true, false, 2],
  [0, false, false, 2],
  [10, false, false, 2],
  [35, false, false, 5],
  [10, false, true, 2],
  [35, false, true, 5]
])(
  'a list of %i items on pages of 10, whose last page is known to be so: %j, with pages that overlap: %j, costs %i requests',
  async (count, showsEnd, overlaps, requests) => {
    const { read, calls } = serve(count, 10, [], showsEnd);
    await readList({ readPage: read, see: collect().see, ...(overlaps && { seamOf }) });

    expect(calls).toHaveLength(requests);
  }
);

test('of a long list up to eight pages are read at once, and of a short one a single page', async () => {
  const most = async (count: number, expected?: number): Promise<number> => {
    const { read } = serve(count, 10, [], true);
    let [inFlight, highest] = [0, 0];
    await readList({
      see: collect().see,
      ...(expected !== undefined && { expected }),
      readPage: async (limit, skip) => {
        highest = Math.max(highest, ++inFlight);
        await new Promise((resolve) => setImmediate(resolve));
        inFlight--;
        return read(limit, skip);
      }
    });
    return highest;
  };

  expect([await most(60), await most(2000), await most(60, 60)]).toEqual([1, 8, 5]);
});

test('nothing beyond the end is read of a list whose length is known', async () => {
  const { read, calls } = serve(100, 10, [], true);
  await readList({ readPage: read, see: collect().see, expected: 100 });

  expect(calls).toHaveLength(10);
});

test('where one page cannot be read, nothing is seen any more', async () => {
  const { read } = serve(2000, 10, [], true);
  const { seen, see } = collect();
  const reading = readList({
    see,
    readPage: async (limit, skip) => {
      if (skip === 200) throw new Error('broken');
      return read(limit, skip);
    }
  });

  await expect(reading).rejects.toThrow('broken');
  expect(seen.size).toBe(200);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.size).toBe(200);
});

/** A list that `change` changes after each page. */
function serveShifting(items: number[], change: (page: number) => void): ListSource<number>['readPage'] {
  let page = 0;
  return (limit, skip) => {
    const found = items.slice(skip, skip + Math.min(limit, 10));
    change(page++);
    return Promise.resolve({ items: found, more: undefined });
  };
}

test('whoever is there all the time is seen, although items before them come and go while the list is read', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ page: fc.nat(8), at: fc.nat(60), isNew: fc.boolean() }), { maxLength: 2 }),
      async (changes) => {
        const items = range(60).map((n) => n * 2);
        const kept = new Set(items);
        const { seen, see } = collect();
        await readList({
          see,
          seamOf,
          readPage: serveShifting(items, (page) => {
            for (const { at, isNew } of changes.filter((one) => one.page === page)) {
              if (isNew) items.splice(at, 0, at * 2 - 1);
              else for (const gone of items.splice(at, 1)) kept.delete(gone);
            }
          })
        });

        expect([...kept].filter((item) => !seen.has(item))).toEqual([]);
      }
    )
  );
});

test('a list that shifts with every page is read again twice, and then said not to be stable', async () => {
  const items = range(60);
  const { isStable } = await readList({
    see: collect().see,
    seamOf,
    readPage: serveShifting(items, () => items.shift())
  });

  expect(isStable).toBe(false);
});

test.each<[string, ListSource<number>['readPage']]>([
  ['ignores skip', () => Promise.resolve({ items: range(10), more: true })],
  [
    'repeats its last page',
    (_limit, skip) => Promise.resolve({ items: range(10).map((n) => Math.min(skip, 20) + n), more: true })
  ]
])('a list that %s is noticed by a page that holds nothing new', async (_name, readPage) => {
  let calls = 0;
  const end = await readList({
    see: collect().see,
    readPage: (limit, skip) => {
      calls++;
      return readPage(limit, skip);
    }
  });

  expect(end.isStuck).toBe(true);
  expect(calls).toBeLessThan(6);
});

test('pages that are too heavy are asked for in halves, and larger ones again while they succeed', async () => {
  const { read } = serve(3000, 1000, [], true);
  const limits: number[] = [];
  const { seen, see } = collect();
  await readList({
    see,
    readPage: (limit, skip) => {
      limits.push(limit);
      return limit > 300 ? Promise.resolve('too heavy' as const) : read(limit, skip);
    }
  });

  expect(seen.size).toBe(3000);
  expect(limits.slice(0, 6)).toEqual([1000, 500, 250, 500, 250, 250]);
  expect(limits.filter((limit) => limit > 300)).toHaveLength(3);
});

test('after one page that was too heavy for once, the next ones are as large as before', async () => {
  const { read } = serve(5000, 1000, [], true);
  const limits: number[] = [];
  await readList({
    see: collect().see,
    readPage: (limit, skip) => {
      limits.push(limit);
      return limits.length === 1 ? Promise.resolve('too heavy' as const) : read(limit, skip);
    }
  });

  expect(limits.slice(0, 4)).toEqual([1000, 500, 1000, 1000]);
});

test('a page size that is refused is not tried again', async () => {
  const { read } = serve(350, 1000, [], true);
  const limits: number[] = [];
  await readList({
    see: collect().see,
    readPage: (limit, skip) => {
      limits.push(limit);
      return limit > 100 ? Promise.resolve('size refused' as const) : read(limit, skip);
    }
  });

  expect(limits).toEqual([1000, 100, 100, 100, 100]);
});
