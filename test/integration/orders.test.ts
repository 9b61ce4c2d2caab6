import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMoment } from '../../cloudcode/lock_users/src/input/unlock-at';
import { sendTrigger } from '../../tasks/trigger/send-trigger';
import { startPlatform } from '../../tasks/local/start-platform';
import type { RunningPlatform } from '../../tasks/local/start-platform';
import type { TaskRun } from '../../tasks/local/runtime/TaskRun';
import { VirtualClock } from '../../tasks/shared/VirtualClock';
import { LocalPlatform } from '../support/LocalPlatform';
import { RETURNED } from '../support/QueueBench';

test('the undo that a run has ordered stays with the platform where the command that waits for it is ended', async () => {
  const local = await LocalPlatform.start();
  const { backend, runtime, note } = local.platform;
  backend.seed({ users: 3 });
  const unlockAt = formatMoment(Date.now() + 3_600_000);
  const command = new AbortController();

  const outcome = await sendTrigger(
    note,
    { kind: 'test', task: 'lock_users', params: { unlockAt } },
    {
      onLog: () => undefined,
      onState: ({ isRunning, orders }) => void (!isRunning && orders.length === 1 && command.abort()),
      signal: command.signal
    }
  );
  const [run] = await local.runs();
  while (!local.log.some((line) => line.includes('Kept: lock_users at '))) await new Promise(setImmediate);

  expect(outcome.finished).toMatchObject([{ result: { status: 'killed', reason: 'aborted' } }]);
  expect(backend.state().lockedUsers).toBe(3);
  const order = {
    task: 'lock_users',
    atMs: Date.parse(unlockAt),
    params: expect.objectContaining({ undo: run?.['run_id'] })
  };
  expect(runtime.orders).toMatchObject([order]);
  await local.platform.close();
});

describe('with a data file', () => {
  const UNDO = { task: 'lock_users', params: { undo: 'a-run' }, queue: 'lock_users_unlock', atMs: 90_000 };
  let folder: string;
  let log: string[];
  let clock: VirtualClock;
  let runs: unknown[];
  let gone: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orders-'));
    [log, runs, gone] = [[], [], ['gone']];
    clock = new VirtualClock(1000);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A platform whose runs end as the test says. */
  function start(run: (run: TaskRun) => void): Promise<RunningPlatform> {
    return startPlatform({
      root: folder,
      backend: { dataFile: join(folder, 'state.json') },
      deployment: {},
      onLog: (line) => log.push(line),
      runtime: {
        clock,
        findTaskFolder: (task) => {
          if (gone.includes(task)) throw new Error(`There is no task "${task}".`);
          return task;
        },
        run: (invocation) => {
          runs.push(invocation.params);
          run(invocation);
          return Promise.resolve(RETURNED);
        }
      }
    });
  }

  function readOrders(): unknown {
    return (JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { orders: unknown }).orders;
  }

  test('what a task has scheduled is done by the next platform, once', async () => {
    const first = await start(({ onSchedule }) => onSchedule?.(UNDO));
    const watched = { onLog: () => undefined, signal: new AbortController().signal };
    first.runtime.trigger({ task: 'lock_users' }, watched);
    await clock.advanceTo(1001);
    await first.close();
    expect(readOrders()).toEqual([UNDO]);

    const second = await start(() => undefined);
    expect(log).toEqual([
      'Ordered before this platform was started: lock_users at 1970-01-01T00:01:30Z, with {"undo":"a-run"}.'
    ]);
    await clock.advanceTo(90_000);
    expect(runs).toEqual([undefined, { undo: 'a-run' }]);
    await second.close();
    expect(readOrders()).toEqual([]);
  });

  test('what was due meanwhile is done at once, and an order for a task that is gone is told and holds up nothing', async () => {
    await (await start(() => undefined)).close();
    const saved = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as object;
    const orders = [{ task: 'gone' }, { ...UNDO, atMs: 500 }];
    writeFileSync(join(folder, 'state.json'), JSON.stringify({ ...saved, orders }));

    const platform = await start(() => undefined);
    await clock.advanceTo(1001);

    expect(runs).toEqual([{ undo: 'a-run' }]);
    expect(log).toContain('There is no task "gone".');
    await platform.close();
  });

  test('an order whose task is gone when the command that waits for it is ended is dropped, and that is told', async () => {
    const platform = await start(({ onSchedule }) => onSchedule?.({ ...UNDO, task: 'deleted' }));
    const command = new AbortController();
    platform.runtime.trigger({ task: 'lock_users' }, { onLog: () => undefined, signal: command.signal });
    await clock.advanceTo(1001);
    gone.push('deleted');

    command.abort();

    expect(log).toContainEqual(
      expect.stringMatching(/^The command that waits has ended\. Dropped: deleted .*\. There is no task "deleted"\.$/)
    );
    expect(platform.runtime.orders).toEqual([]);
    await platform.close();
  });

  test('an order that is written soon is in the file before the platform has ended', async () => {
    const platform = await start(({ onSchedule }) => onSchedule?.(UNDO));
    platform.runtime.trigger({ task: 'lock_users' }, { onLog: () => undefined, signal: new AbortController().signal });
    await clock.advanceTo(1001);

    while (JSON.stringify(readOrders()) !== JSON.stringify([UNDO])) await new Promise(setImmediate);

    await platform.close();
  });
});
