import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../../tasks/local/backend/start-backend';
import { runTask } from '../../../tasks/local/runtime/run-task';
import type { ScheduleRequest, TaskRun, TaskRunResult } from '../../../tasks/local/runtime/TaskRun';

let backend: RunningBackend;
let folder: string;
let scheduled: ScheduleRequest[];

beforeAll(async () => {
  backend = await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'schedule-'));
});
beforeEach(() => {
  scheduled = [];
});
afterAll(async () => {
  await backend.close();
  await rm(folder, { recursive: true });
});

/** Runs a task whose `run` has this body; what it schedules is taken. */
async function run(body: string, options: Partial<TaskRun> = {}): Promise<TaskRunResult> {
  await writeFile(join(folder, 'index.js'), `exports.run = async function (params) { ${body} };`);
  const onSchedule = (request: ScheduleRequest): number => scheduled.push(request);
  return runTask({ taskFolder: folder, environment: {}, backend, onSchedule, ...options });
}

test('a task schedules another, and goes on when it is taken', async () => {
  const result = await run(
    'const taken = await CloudCode.scheduleTask({ task: "next", queue: "one" }); return typeof taken;'
  );

  expect(result).toMatchObject({ status: 'returned', result: 'undefined' });
  expect(scheduled).toEqual([{ task: 'next', queue: 'one' }]);
});

test('the parameters make a JSON round trip', async () => {
  const result = await run('await CloudCode.scheduleTask({ task: "next", parameters: params });', {
    params: { list: [1, null], text: 'ü' }
  });
  await run('await CloudCode.scheduleTask({ task: "next", parameters: { at: new Date(0), gone: undefined } });');

  expect(result).toMatchObject({ status: 'returned' });
  expect(scheduled.map(({ params }) => params)).toEqual([
    { list: [1, null], text: 'ü' },
    { at: '1970-01-01T00:00:00.000Z' }
  ]);
});

test('at and after become the time when it is due', async () => {
  const before = Date.now();
  await run('await CloudCode.scheduleTask({ task: "next", at: new Date(12), after: undefined });');
  await run('await CloudCode.scheduleTask({ task: "next", after: 60000 });');

  expect(scheduled[0]).toEqual({ task: 'next', atMs: 12 });
  expect(scheduled[1]?.atMs).toBeGreaterThanOrEqual(before + 60_000);
  expect(scheduled[1]?.atMs).toBeLessThanOrEqual(Date.now() + 60_000);
});

test('wrong options are refused and nothing is scheduled', async () => {
  const result = await run('await CloudCode.scheduleTask({ task: "a", after: -1 });');

  const message = 'CloudCode.scheduleTask: "after" is a number of milliseconds from 0.';
  expect(result).toMatchObject({ status: 'threw', error: { message } });
  expect(scheduled).toEqual([]);
});

test('parameters of 5 MB of JSON are taken and a byte more is refused', async () => {
  const largest = 5 * 1024 * 1024 - '""'.length;
  const schedule = (length: number): Promise<TaskRunResult> =>
    run(`await CloudCode.scheduleTask({ task: "next", parameters: "x".repeat(${length}) });`);

  expect(await schedule(largest)).toMatchObject({ status: 'returned' });
  expect(await schedule(largest + 1)).toMatchObject({
    status: 'threw',
    error: { message: expect.stringContaining('CloudCode.scheduleTask: The parameters are more than 5 MB of JSON') }
  });
  expect(scheduled.map(({ params }) => (params as string).length)).toEqual([largest]);
});

test('a task learns why what it scheduled was refused, and may go on', async () => {
  const result = await run(
    'try { await CloudCode.scheduleTask({ task: "next" }); } catch (error) { return [error instanceof Error, error.message]; }',
    {
      onSchedule: () => {
        throw new Error('There is no task "next".');
      }
    }
  );

  expect(result).toMatchObject({ result: [true, 'CloudCode.scheduleTask: There is no task "next".'] });
});

test('a runtime without a queue refuses', async () => {
  await writeFile(join(folder, 'index.js'), 'exports.run = () => CloudCode.scheduleTask({ task: "next" });');

  expect(await runTask({ taskFolder: folder, environment: {}, backend })).toMatchObject({
    status: 'threw',
    error: { message: 'CloudCode.scheduleTask: this runtime has no queue' }
  });
});

test.each<[string, string, string]>([
  ['returns', 'return 1;', 'returned'],
  ['throws', 'throw new Error("no");', 'threw']
])('what a task schedules just before it %s, and does not await, is taken in its order', async (_name, end, status) => {
  const result = await run(
    `for (let i = 0; i < 50; i++) void CloudCode.scheduleTask({ task: "next", parameters: [i, "x".repeat(10000)] }); ${end}`
  );

  expect(result).toMatchObject({ status });
  expect(scheduled.map(({ params }) => (params as unknown[])[0])).toEqual([...Array(50).keys()]);
});

test.each([
  ['refused by the runtime', '{ task: "next" }', 'full'],
  ['wrong', '{}', '"task" is the name of a task: a string that is not empty.']
])('a call that nobody awaits and that is %s is an error of the task', async (_name, options, message) => {
  const result = await run(`void CloudCode.scheduleTask(${options}); return 1;`, {
    onSchedule: () => {
      throw new Error('full');
    }
  });

  expect(result).toMatchObject({ status: 'threw', error: { message: `CloudCode.scheduleTask: ${message}` } });
});

test('after its answers a task that waits for nothing ends at once, as before', async () => {
  const result = await run('await CloudCode.scheduleTask({ task: "next" }); await new Promise(() => undefined);');

  expect(result).toMatchObject({ status: 'killed', reason: 'crashed' });
  expect(scheduled).toHaveLength(1);
});
