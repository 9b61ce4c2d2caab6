import type { TaskRunResult } from '../../../tasks/local/runtime/TaskRun';
import { RETURNED } from '../../support/QueueBench';
import { RuntimeBench, settle } from '../../support/RuntimeBench';

const WEB = { method: 'POST', url: '/a', headers: {}, body: '' };
const CRASHED: TaskRunResult = { status: 'killed', reason: 'crashed', durationMs: 1 };
let bench: RuntimeBench;
beforeEach(() => {
  bench = new RuntimeBench();
});

test('triggers run side by side', async () => {
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();

  expect(bench.started).toEqual(['a', 'a']);
});

test('a task that is limited to a single instance runs once at a time, whatever starts it', async () => {
  bench = new RuntimeBench({ singleInstance: ['a'] });
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  bench.runtime.enqueue({ task: 'a' }, bench.observer);
  bench.runtime.web('a', WEB, bench.observer);
  bench.runtime.trigger({ task: 'b' }, bench.observer);
  await settle();

  expect(bench.started.sort()).toEqual(['a', 'b']);
  await bench.end('a');
  expect(bench.started).toHaveLength(3);
  await bench.end('a');
  expect(bench.started).toHaveLength(4);
});

test('a task that waits for its turn says so, and how long it has waited', async () => {
  bench = new RuntimeBench({ singleInstance: ['a'] });
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  expect(bench.log).toEqual([
    'a waits: it is limited to a single instance, and one runs already, for 5 minutes at most.'
  ]);

  await bench.clock.advanceTo(1000 + 95_000);
  await bench.end('a');
  expect(bench.log.slice(1)).toEqual(['a has its turn after 1 min 35 s.']);

  await bench.end('a');
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  expect(bench.log).toHaveLength(2);
  expect(bench.started).toEqual(['a', 'a', 'a']);
});

test('an order for later says until when it waits, and for how long', async () => {
  bench.runtime.enqueue({ task: 'a', atMs: 7_201_000 }, bench.observer);
  bench.runtime.enqueue({ task: 'b' }, bench.observer);

  expect(bench.log).toEqual(['a waits until 1970-01-01T02:00:01Z, for 2 h.']);
  await bench.clock.advanceTo(7_201_000);
  expect(bench.started).toEqual(['b', 'a']);
});

test('a named queue never overlaps, whoever uses it', async () => {
  bench.runtime.enqueue({ task: 'a', queue: 'q' }, bench.observer);
  bench.runtime.trigger({ task: 'b' }, bench.observer);
  await settle();
  bench.find('b').onSchedule?.({ task: 'c', queue: 'q' });
  await settle();

  expect(bench.started).toEqual(['a', 'b']);
  await bench.end('a');
  expect(bench.started).toEqual(['a', 'b', 'c']);
});

test('what is delivered is run again after a crash, and what somebody triggers is not', async () => {
  const delivered = bench.runtime.enqueue({ task: 'a' }, bench.observer);
  const triggered = bench.runtime.trigger({ task: 'b' }, bench.observer);
  await settle();
  await bench.end('a', CRASHED);
  await bench.end('b', CRASHED);
  await bench.end('a');

  expect(bench.started).toEqual(['a', 'b', 'a']);
  expect(await delivered.done).toEqual([{ task: 'a', result: RETURNED }]);
  expect(await triggered.done).toEqual([{ task: 'b', result: CRASHED }]);
  expect(bench.log).toContain('A run of a was killed: crashed.');
});

test('an activity is done when all is done that it has scheduled, and what that has scheduled', async () => {
  const activity = bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  bench.find('a').onSchedule?.({ task: 'b' });
  await bench.end('a');
  bench.find('b').onSchedule?.({ task: 'c' });
  await bench.end('b', { status: 'threw', error: { name: 'Error', message: 'no' }, durationMs: 1 });
  await bench.end('c');

  expect((await activity.done).map(({ task }) => task)).toEqual(['a', 'b', 'c']);
  expect(bench.log).toEqual(['Scheduled: b', 'Scheduled: c', 'An earlier run of b ended with an error: no']);
  await bench.runtime.idle();
});

test('a web request that takes longer than a minute is invoked a second time, and the first answer counts', async () => {
  const { answer } = bench.runtime.web('a', WEB, bench.observer);
  await bench.clock.advanceTo(60_999);
  expect(bench.started).toEqual(['a']);
  await bench.clock.advanceTo(61_000);
  expect(bench.started).toEqual(['a', 'a']);

  await bench.end('a', { ...RETURNED, durationMs: 61_000 });
  await bench.end('a');

  expect(await answer).toMatchObject({ durationMs: 61_000 });
});

test('a web request that is answered in time is invoked once', async () => {
  const { answer } = bench.runtime.web('a', WEB, bench.observer);
  await settle();
  await bench.end('a');
  await bench.clock.advanceTo(100_000);

  expect(await answer).toEqual(RETURNED);
  expect(bench.started).toEqual(['a']);
});

test('a task that is not there is refused, by a trigger as by a task', async () => {
  expect(() => bench.runtime.trigger({ task: 'nobody' }, bench.observer)).toThrow('There is no task "nobody".');
  expect(() => bench.runtime.enqueue({ task: 'nobody' }, bench.observer)).toThrow('There is no task "nobody".');
  bench.runtime.trigger({ task: 'a' }, bench.observer);
  await settle();
  expect(() => bench.find('a').onSchedule?.({ task: 'nobody' })).toThrow('There is no task "nobody".');
});

test('whoever goes away drops what waits for them, and nothing else', async () => {
  const gone = new AbortController();
  const mine = bench.runtime.enqueue({ task: 'a', atMs: 90_000 }, { onLog: () => undefined, signal: gone.signal });
  bench.runtime.enqueue({ task: 'b', atMs: 90_000 }, bench.observer);

  gone.abort();
  expect(await mine.done).toMatchObject([{ task: 'a', result: { status: 'killed', reason: 'aborted' } }]);
  await bench.clock.advanceTo(90_000);

  expect(bench.started).toEqual(['b']);
});

test('the end of the runtime is the end of everything', async () => {
  const activity = bench.runtime.enqueue({ task: 'a', atMs: 90_000 }, bench.observer);
  bench.runtime.trigger({ task: 'b' }, bench.observer);
  await settle();

  bench.abort.abort();

  expect(await activity.done).toMatchObject([{ result: { status: 'killed', reason: 'aborted' } }]);
  expect(bench.find('b').signal?.aborted).toBe(true);
});
