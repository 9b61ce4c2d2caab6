import type { ActivityState } from '../../../tasks/local/runtime/Activity';
import { RuntimeBench, settle } from '../../support/RuntimeBench';

let bench: RuntimeBench;
beforeEach(() => {
  bench = new RuntimeBench();
});

test('what a task has scheduled for later is done although who watched it has gone, where somebody takes its log', async () => {
  const left: string[] = [];
  bench = new RuntimeBench({ onLeft: (line) => void left.push(line) });
  const gone = new AbortController();
  const mine = bench.runtime.trigger({ task: 'a' }, { onLog: () => undefined, signal: gone.signal });
  await settle();
  bench.find('a').onSchedule?.({ task: 'b', params: { undo: 'x' }, queue: 'q', atMs: 90_000 });
  bench.find('a').onSchedule?.({ task: 'c', queue: 'other', atMs: 1000 });
  await bench.end('a');

  gone.abort();
  await bench.end('c', { status: 'killed', reason: 'aborted', durationMs: 1 });
  expect((await mine.done).map(({ task }) => task)).toEqual(['a', 'b', 'c']);
  expect(bench.runtime.orders).toEqual([{ task: 'b', params: { undo: 'x' }, queue: 'q', atMs: 90_000 }]);
  await bench.clock.advanceTo(90_000);

  expect(bench.started).toEqual(['a', 'c', 'b']);
  expect(bench.find('b').params).toEqual({ undo: 'x' });
  bench.find('b').onLog?.('a line');
  await bench.end('b', { status: 'threw', error: { name: 'Error', message: 'no' }, durationMs: 1 });
  expect(left).toEqual([
    'The command that waits has ended. Kept: b at 1970-01-01T00:01:30Z, with {"undo":"x"}.',
    'a line',
    'The run of b ended with an error: no'
  ]);
  expect(bench.runtime.orders).toEqual([]);
});

test('what the command itself has put off goes with it, and so does what is due and waits for its turn', async () => {
  bench = new RuntimeBench({ onLeft: bench.observer.onLog });
  const gone = new AbortController();
  const observer = { onLog: () => undefined, signal: gone.signal };
  bench.runtime.enqueue({ task: 'own', atMs: 90_000 }, observer);
  bench.runtime.trigger({ task: 'a' }, observer);
  await settle();
  bench.runtime.enqueue({ task: 'other', queue: 'q' }, bench.observer);
  bench.find('a').onSchedule?.({ task: 'next', queue: 'q' });

  gone.abort();
  await bench.end('other');
  await bench.clock.advanceTo(90_000);

  expect(bench.started.sort()).toEqual(['a', 'other']);
  expect(bench.log).toEqual([]);
});

test('where nobody takes its log it is dropped with who watched it', async () => {
  const gone = new AbortController();
  bench.runtime.trigger({ task: 'a' }, { onLog: () => undefined, signal: gone.signal });
  await settle();
  bench.find('a').onSchedule?.({ task: 'b', atMs: 90_000 });

  gone.abort();
  await bench.clock.advanceTo(90_000);

  expect(bench.started).toEqual(['a']);
  expect(bench.runtime.orders).toEqual([]);
});

test('what tasks have scheduled and has not ended is there when the runtime has ended, what runs included', async () => {
  let changes = 0;
  const left: string[] = [];
  bench = new RuntimeBench({ onOrders: () => void changes++, onLeft: (line) => void left.push(line) });
  bench.runtime.enqueue({ task: 'own', atMs: 90_000 }, bench.observer);
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  for (const [task, atMs] of Object.entries({ done: 1000, runs: 1000, later: 90_000 })) {
    bench.find('a').onSchedule?.({ task, atMs });
  }
  await bench.end('done');
  const before = changes;

  bench.abort.abort();
  await bench.end('runs', { status: 'killed', reason: 'aborted', durationMs: 1 });

  expect(bench.runtime.orders).toEqual([
    { task: 'runs', atMs: 1000 },
    { task: 'later', atMs: 90_000 }
  ]);
  expect(before).toBeGreaterThanOrEqual(4);
  expect(left).toEqual([]);
});

test('an order of an earlier runtime is done when it is due, and at once where that time has passed', async () => {
  bench.runtime.resume({ task: 'b', atMs: 90_000 });
  bench.runtime.resume({ task: 'a', params: 1, atMs: 500 });
  await settle();

  expect(bench.started).toEqual(['a']);
  await bench.clock.advanceTo(90_000);
  expect(bench.started).toEqual(['a', 'b']);
  expect(() => bench.runtime.resume({ task: 'nobody' })).toThrow('There is no task "nobody".');
});

test('who watches is told whether a task has begun, whether one runs, and what waits for its time', async () => {
  const states: ActivityState[] = [];
  const observer = { ...bench.observer, onState: (state: ActivityState) => void states.push(state) };
  bench.runtime.enqueue({ task: 'a', atMs: 2000 }, observer);
  const order = { task: 'a', atMs: 2000 };
  expect(states.at(-1)).toEqual({ hasBegun: false, isRunning: false, orders: [order] });

  await bench.clock.advanceTo(2000);
  expect(states.at(-1)).toEqual({ hasBegun: true, isRunning: true, orders: [] });
  bench.find('a').onSchedule?.({ task: 'b', params: { undo: 'x' }, atMs: 90_000 });
  bench.find('a').onSchedule?.({ task: 'long', params: 'x'.repeat(301), atMs: 90_000 });
  const orders = [
    { task: 'b', atMs: 90_000, params: '{"undo":"x"}' },
    { task: 'long', atMs: 90_000 }
  ];
  expect(states.at(-1)).toEqual({ hasBegun: true, isRunning: true, orders });
  await bench.end('a');
  expect(states.at(-1)).toEqual({ hasBegun: true, isRunning: false, orders });
});
