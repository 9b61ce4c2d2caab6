import type { ActivityState } from '../../../tasks/local/runtime/Activity';
import type { TaskRun, TaskRunResult } from '../../../tasks/local/runtime/TaskRun';
import { Runtime } from '../../../tasks/local/runtime/Runtime';
import type { RuntimeOptions } from '../../../tasks/local/runtime/Runtime';
import { VirtualClock } from '../../../tasks/shared/VirtualClock';
import { RETURNED } from '../../support/QueueBench';

const WEB = { method: 'POST', url: '/a', headers: {}, body: '' };
const CRASHED: TaskRunResult = { status: 'killed', reason: 'crashed', durationMs: 1 };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A runtime whose invocations end when the test says so. */
class RuntimeBench {
  readonly clock = new VirtualClock(1000);
  readonly abort = new AbortController();
  readonly log: string[] = [];
  readonly observer = { onLog: (line: string) => void this.log.push(line), signal: new AbortController().signal };
  /** Invocations as they were started, and those that have not ended. */
  readonly started: string[] = [];
  private readonly running: { task: string; run: TaskRun; end: (result: TaskRunResult) => void }[] = [];
  readonly runtime: Runtime;

  constructor(options: Partial<RuntimeOptions> = {}) {
    this.runtime = new Runtime({
      findTaskFolder: (task) => {
        if (task === 'nobody') throw new Error('There is no task "nobody".');
        return task;
      },
      environment: {},
      backend: { url: 'u', token: 't' },
      clock: this.clock,
      singleInstance: [],
      signal: this.abort.signal,
      run: (run) => {
        this.started.push(run.taskFolder);
        return new Promise((end) => this.running.push({ task: run.taskFolder, run, end }));
      },
      ...options
    });
  }

  /** The oldest running invocation of a task. */
  find(task: string): TaskRun {
    return this.take(task).run;
  }

  async end(task: string, result: TaskRunResult = RETURNED): Promise<void> {
    const found = this.take(task);
    this.running.splice(this.running.indexOf(found), 1);
    found.end(result);
    await settle();
  }

  private take(task: string) {
    const found = this.running.find((candidate) => candidate.task === task);
    if (found === undefined) throw new Error(`${task} is not running.`);
    return found;
  }
}

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
  bench = new RuntimeBench({ onOrders: () => void changes++ });
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

test('the end of the runtime is the end of everything', async () => {
  const activity = bench.runtime.enqueue({ task: 'a', atMs: 90_000 }, bench.observer);
  bench.runtime.trigger({ task: 'b' }, bench.observer);
  await settle();

  bench.abort.abort();

  expect(await activity.done).toMatchObject([{ result: { status: 'killed', reason: 'aborted' } }]);
  expect(bench.find('b').signal?.aborted).toBe(true);
});
