import { checkWindow } from '../../../cloudcode/lock_users/src/input/lock-window';
import type { LockWindow } from '../../../cloudcode/lock_users/src/input/lock-window';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const NIGHT = '21:00-23:30 Europe/Berlin';
const DAY = '08:00-17:00 Europe/Berlin';

function parse(text: string): LockWindow {
  const checked = checkWindow(text, 'window');
  if ('value' in checked) return checked.value;
  throw new Error(checked.mistakes.join());
}

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(4));
  platform.clock.now = Date.parse('2026-07-15T19:30:00Z');
});

const untilMorning = (): void => platform.clock.jump(12 * 3_600_000);
const refused = { status: 'refused', stopReason: { code: 'OUTSIDE_WINDOW', usersChanged: 'no' } };

test.each<[string, object, object]>([
  ['the variable', {}, { window: parse(NIGHT) }],
  ['the parameter', { window: NIGHT }, {}],
  ['the parameter alone, of both', { window: NIGHT }, { window: parse(DAY) }],
  ['the variable alone, of both', { window: DAY }, { window: parse(NIGHT) }]
])('a lock that begins in the morning is refused by %s', async (_name, params, settings) => {
  untilMorning();

  expect(await runOnFake(platform, params, settings)).toMatchObject(refused);

  expect(platform.batches).toEqual([]);
  expect([...(platform.records?.runs.values() ?? [])]).toMatchObject([
    {
      status: 'refused',
      message: expect.stringContaining(`${NIGHT}. This one began at 09:30 there.`),
      leaseHolder: null
    }
  ]);
});

test('a lock that begins within it locks everybody', async () => {
  const report = await runOnFake(platform, { window: NIGHT }, { window: parse('21:00-22:00 Europe/Berlin') });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 4 } });
});

test.each(['with', 'without'])('a run that began inside goes on outside, %s a record', async (how) => {
  if (how === 'without') platform.records = undefined;
  platform.answerBatch = async (operations) => {
    await platform.clock.sleep(1000);
    for (const { user_id } of operations) platform.locked.add(user_id);
    return { operations: operations.map(() => ({ success: true })) };
  };
  const settings = { window: parse(NIGHT), budgetMs: 2500 };
  const params = { batchSize: 1, concurrency: 1 };
  const first = await runOnFake(platform, params, settings);
  expect(first.status).toBe('continues');
  untilMorning();

  const second = await runOnFake(platform, platform.scheduled[0]?.parameters, { ...settings, budgetMs: 270_000 });

  expect(second.status).toBe('done');
  expect(platform.locked.size).toBe(4);
});

test('a run that was killed after it began inside is taken up outside', async () => {
  const params = { runId: 'night' };
  const startedAtMs = platform.clock.now;
  platform.records?.add({ runId: 'night', status: 'running', startedAtMs, leaseExpiresAtMs: startedAtMs + 1 });
  untilMorning();

  expect(await runOnFake(platform, params, { window: parse(NIGHT) })).toMatchObject({ status: 'done' });
});

test('a requested run that is delivered in the morning is refused, and stays so', async () => {
  untilMorning();
  const { id } = platform.records?.add({ status: 'requested' }) ?? { id: '' };
  const settings = { window: parse(NIGHT) };

  expect(await runOnFake(platform, { runId: id }, settings)).toMatchObject(refused);
  platform.clock.now = Date.parse('2026-07-16T19:30:00Z');

  expect(await runOnFake(platform, { runId: id }, settings)).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
  expect(platform.batches).toEqual([]);
});

test.each<[string, object]>([
  ['an undo', { undo: 'run-1' }],
  ['an unlock', { action: 'unlock' }],
  ['a sign-out', { action: 'reauthenticate' }],
  ['a dry run', { dryRun: true }]
])('%s is not bound by the window', async (_name, params) => {
  await runOnFake(platform);
  platform.newRunId = () => 'run-2';
  untilMorning();

  const report = await runOnFake(platform, params, { window: parse(NIGHT) });

  expect(['done', 'planned']).toContain(report.status);
  expect(report.counts.selected).toBe(4);
});
