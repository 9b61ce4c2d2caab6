import type { TaskRunResult } from '../../../tasks/local/runtime/TaskRun';
import { TaskQueue } from '../../../tasks/local/runtime/TaskQueue';
import type { QueueClock } from '../../../tasks/local/runtime/QueueClock';
import { VirtualClock } from '../../../tasks/shared/VirtualClock';
import { QueueBench, RETURNED } from '../../support/QueueBench';

const THREW: TaskRunResult = { status: 'threw', error: { name: 'Error', message: 'no' }, durationMs: 1 };
const killed = (reason: 'time limit' | 'memory limit' | 'aborted' | 'crashed'): TaskRunResult => ({
  status: 'killed',
  reason,
  durationMs: 1
});

let bench: QueueBench;
beforeEach(() => {
  bench = new QueueBench();
});

test('tasks on the same queue never overlap, and go in the order of their arrival', async () => {
  bench.schedule({ task: 'a', queue: 'q' }, { task: 'b', queue: 'q' }, { task: 'c', queue: 'q' });

  expect(bench.started).toEqual(['a']);
  await bench.end('a');
  expect(bench.started).toEqual(['a', 'b']);
  await bench.end('b', THREW);
  expect(bench.started).toEqual(['a', 'b', 'c']);
});

test('tasks on no queue, and tasks on different queues, run side by side', () => {
  bench.schedule({ task: 'a' }, { task: 'b' }, { task: 'c', queue: 'q' }, { task: 'd', queue: 'r' });

  expect(bench.started).toEqual(['a', 'b', 'c', 'd']);
});

test('a task starts when it is due and not before', async () => {
  bench.schedule({ task: 'a', atMs: 2000 });

  await bench.clock.advanceTo(1999);
  expect(bench.started).toEqual([]);
  await bench.clock.advanceTo(2000);
  expect(bench.started).toEqual(['a']);
});

test('a task that is not due yet does not hold up its queue', async () => {
  bench.schedule({ task: 'late', queue: 'q', atMs: 2000 }, { task: 'soon', queue: 'q' });

  expect(bench.started).toEqual(['soon']);
  await bench.end('soon');
  await bench.clock.advanceTo(2000);
  expect(bench.started).toEqual(['soon', 'late']);
});

test('on a queue the task that is due first goes first, and of the same time the one that arrived first', async () => {
  bench.schedule(
    { task: 'first', queue: 'q' },
    { task: '2000 a', queue: 'q', atMs: 2000 },
    { task: '1500', queue: 'q', atMs: 1500 },
    { task: '2000 b', queue: 'q', atMs: 2000 },
    { task: 'now', queue: 'q' },
    { task: 'past', queue: 'q', atMs: 500 }
  );
  await bench.clock.advanceTo(2000);

  const order = ['first', 'past', 'now', '1500', '2000 a', '2000 b'];
  for (const task of order) await bench.end(task);

  expect(bench.started).toEqual(order);
});

test('what is due after the machine slept, which no timer sees, starts within a minute, once', async () => {
  const timers = new VirtualClock(0);
  let sleptMs = 0;
  const clock: QueueClock = {
    nowMs: () => timers.nowMs() + sleptMs,
    sleep: (ms, signal) => timers.sleep(ms, signal)
  };
  let starts = 0;
  const run = (): Promise<TaskRunResult> => Promise.resolve(void starts++).then(() => RETURNED);
  const queue = new TaskQueue({ clock, run, onFinished: () => undefined });
  queue.schedule({ task: 'a', atMs: 3_600_000 });

  sleptMs = 7_200_000;
  for (let nowMs = 0; nowMs <= 60_000; nowMs += 1000) await timers.advanceTo(nowMs);

  expect(starts).toBe(1);
  await queue.idle();
});

test('a clock that wakes too early is asked again', async () => {
  let nowMs = 0;
  const clock: QueueClock = { nowMs: () => nowMs, sleep: (ms) => Promise.resolve(void (nowMs += Math.min(ms, 10))) };
  const startedAt: number[] = [];
  const run = (): Promise<TaskRunResult> => Promise.resolve(void startedAt.push(nowMs)).then(() => RETURNED);
  const queue = new TaskQueue({ clock, run, onFinished: () => undefined });

  queue.schedule({ task: 'a', atMs: 95 });
  await queue.idle();

  expect(startedAt).toEqual([95]);
});

test.each(['crashed', 'time limit', 'memory limit'] as const)(
  'after "%s" a task is run again, three times in all, and keeps its queue meanwhile',
  async (reason) => {
    bench.schedule({ task: 'a', queue: 'q' }, { task: 'b', queue: 'q' });

    await bench.end('a', killed(reason));
    await bench.end('a', killed(reason));
    expect(bench.started).toEqual(['a', 'a', 'a']);
    await bench.end('a', killed(reason));
    await bench.end('b');

    expect(bench.started).toEqual(['a', 'a', 'a', 'b']);
    await bench.queue.idle();
    expect(bench.finished).toMatchObject([
      { request: { task: 'a' }, result: killed(reason) },
      { request: { task: 'b' }, result: RETURNED }
    ]);
  }
);

test.each<[string, TaskRunResult]>([
  ['returned', RETURNED],
  ['threw', THREW],
  ['was aborted', killed('aborted')]
])('a task that %s is not run again', async (_name, result) => {
  bench.schedule({ task: 'a' });

  await bench.end('a', result);

  expect(bench.started).toEqual(['a']);
  await bench.queue.idle();
  expect(bench.finished).toEqual([{ request: { task: 'a' }, result }]);
});

test('a task that responds when it is run again is done', async () => {
  bench.schedule({ task: 'a' });

  await bench.end('a', killed('crashed'));
  await bench.end('a', THREW);

  expect(bench.started).toEqual(['a', 'a']);
  await bench.queue.idle();
  expect(bench.finished).toEqual([{ request: { task: 'a' }, result: THREW }]);
});

test('idle waits for what is waiting or running, and for what that schedules, and tells the order of the ends', async () => {
  let isIdle = false;
  bench.schedule({ task: 'a' }, { task: 'b' }, { task: 'c', atMs: 2000 });
  const idle = bench.queue.idle().finally(() => (isIdle = true));

  await bench.end('b');
  bench.schedule({ task: 'd', queue: 'q' });
  await bench.end('a');
  await bench.end('d');
  expect(isIdle).toBe(false);
  await bench.clock.advanceTo(2000);
  expect(isIdle).toBe(false);
  await bench.end('c');

  await idle;
  expect(bench.finished.map(({ request }) => request.task)).toEqual(['b', 'a', 'd', 'c']);
});

test('a queue that got nothing is idle', async () => {
  await bench.queue.idle();
  expect(bench.finished).toEqual([]);
});

test('after an abort nothing is started, not even again, and idle waits for what runs', async () => {
  bench.schedule({ task: 'a', queue: 'q' }, { task: 'b', queue: 'q' }, { task: 'c', atMs: 2000 });
  bench.abort.abort();
  bench.schedule({ task: 'd' });
  await bench.clock.advanceTo(2000);

  await bench.end('a', killed('crashed'));

  expect(bench.started).toEqual(['a']);
  await bench.queue.idle();
  expect(bench.finished).toEqual([{ request: { task: 'a', queue: 'q' }, result: killed('crashed') }]);
});

test('an abort ends the wait for a time', async () => {
  bench.schedule({ task: 'a', atMs: 2000 });
  const idle = bench.queue.idle();

  bench.abort.abort();

  await idle;
  expect(bench.started).toEqual([]);
});

test('what is dropped is not started, and frees the queue for what comes after it', async () => {
  bench.schedule({ task: 'a', queue: 'q' }, { task: 'b', queue: 'q' }, { task: 'c', queue: 'q' });

  expect(bench.queue.drop(({ task }) => task !== 'c')).toEqual([{ task: 'b', queue: 'q' }]);
  await bench.end('a');

  expect(bench.started).toEqual(['a', 'c']);
});

test('where a task cannot be run at all, nothing more is started, and idle rejects with the reason', async () => {
  bench.schedule({ task: 'a', queue: 'q' }, { task: 'b', queue: 'q' }, { task: 'c' });
  const rejected = expect(bench.queue.idle()).rejects.toThrow('There is no built task.');

  await bench.end('a', new Error('There is no built task.'));
  await bench.end('c');

  await rejected;
  expect(bench.started).toEqual(['a', 'c']);
});

test('a run that schedules while it is being started does not disturb the order', async () => {
  const started: string[] = [];
  const queue: TaskQueue = new TaskQueue({
    clock: new VirtualClock(1000),
    onFinished: () => undefined,
    run: ({ task }) => {
      started.push(task);
      if (task === 'a') queue.schedule({ task: 'c', queue: 'q' });
      return Promise.resolve(RETURNED);
    }
  });

  queue.schedule({ task: 'a', queue: 'q' });
  queue.schedule({ task: 'b' });
  await queue.idle();

  expect(started).toEqual(['a', 'b', 'c']);
});
