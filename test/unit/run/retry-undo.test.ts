import { buildFault } from '../../support/build-fault';
import { DAY_MS, EVENING_MS, EveningWorld, MINUTE_MS, MORNING_MS, SHIFT } from '../../support/EveningWorld';

let world: EveningWorld;
beforeEach(async () => {
  world = new EveningWorld(EVENING_MS);
  await world.run(SHIFT);
  world.reports.pop();
});

/** What goes wrong until a moment; what is replaced is asked again from then on. */
type Outage = (isDown: () => boolean) => void;

const breakPlatform =
  (method: 'readDeployment' | 'readUserStates' | 'unlockUser', error: Error): Outage =>
  (isDown) => {
    const { platform } = world;
    const answer = platform[method].bind(platform) as (...args: unknown[]) => Promise<never>;
    Object.assign(platform, {
      [method]: (...args: unknown[]) => (isDown() ? Promise.reject(error) : answer(...args))
    });
  };

const OUTAGES: readonly (readonly [string, Outage])[] = [
  ['the backend', breakPlatform('readDeployment', buildFault('BACKEND_UNAVAILABLE', 503))],
  ['the token', breakPlatform('readDeployment', buildFault('BACKEND_UNAUTHORIZED', 401))],
  ['the users API', breakPlatform('readUserStates', buildFault('BACKEND_UNAVAILABLE', 503))],
  [
    'one thing after the other',
    (isDown) => {
      const minutes = (): number => (world.nowMs - MORNING_MS) / MINUTE_MS;
      breakPlatform('unlockUser', buildFault('BACKEND_UNAVAILABLE', 503))(() => isDown() && minutes() < 20);
      breakPlatform('readDeployment', buildFault('BACKEND_UNAVAILABLE', 503))(() => isDown() && minutes() >= 20);
    }
  ],
  ['every single unlock', breakPlatform('unlockUser', buildFault('BACKEND_UNAVAILABLE', 503))],
  ['the right to unlock', breakPlatform('unlockUser', buildFault('BACKEND_UNAUTHORIZED', 401))],
  [
    'the database',
    (isDown) => {
      const find = world.records.findRuns.bind(world.records);
      world.records.findRuns = (query) => (isDown() ? Promise.reject(buildFault('RECORD_FAILED', 422)) : find(query));
    }
  ],
  [
    'writing in the database',
    (isDown) => {
      world.records.onSave = () => {
        if (isDown()) throw buildFault('RECORD_FAILED', 422);
      };
    }
  ]
];

const isDownUntil = (upAtMs: number): boolean => world.nowMs >= MORNING_MS && world.nowMs < upAtMs;
const ordered = (): number[] => world.platform.scheduledAt.map(({ atMs }) => atMs);

test.each(OUTAGES)(
  'an undo that is due orders itself again, and lets them in once %s is back',
  async (_what, breakDown) => {
    breakDown(() => isDownUntil(MORNING_MS + 100 * MINUTE_MS));
    await world.passUntil(MORNING_MS + 99 * MINUTE_MS);
    expect(world.reports.length).toBeGreaterThan(5);
    expect(world.reports.map(({ status }) => status)).toContain('queued');
    for (const { status } of world.reports) expect(['queued', 'continues']).toContain(status);
    expect(world.locked).toHaveLength(6);

    await world.passUntil(MORNING_MS + 130 * MINUTE_MS);

    expect(world.locked).toEqual([]);
    expect(world.lastReport).toMatchObject({ status: 'done', undoes: 'shift', counts: { unlocked: 6 } });
    expect(world.record().undoneBy).toBe(world.record().unlockRunId);
    expect(world.record(world.record().unlockRunId ?? '')).toMatchObject({ status: 'done', unlocked: 6 });
  }
);

test('an undo that is due and cannot let people in tries each minute for a quarter of an hour, then each quarter, and a day later no more', async () => {
  const atMs: number[] = [];
  world.deliveries = (moment) => (atMs.push((moment - MORNING_MS) / MINUTE_MS), [moment]);
  breakPlatform('readDeployment', buildFault('BACKEND_UNAUTHORIZED', 401))(() => world.nowMs >= MORNING_MS);
  await world.passUntil(MORNING_MS + 2 * DAY_MS);

  const minutes = Array.from({ length: 15 }, (_, index) => index + 1);
  expect(atMs.slice(0, 17)).toEqual([...minutes, 30, 45]);
  expect(atMs[atMs.length - 1]).toBe(1440);
  expect(world.reports[0]).toMatchObject({
    status: 'queued',
    stopReason: {
      code: 'QUEUED',
      message: expect.stringContaining('The undo of run shift is ordered again for 2026-07-02T04:01:00Z.')
    }
  });
  expect(world.lastReport).toMatchObject({ status: 'failed', stopReason: { code: 'BACKEND_UNAUTHORIZED' } });
});

test('an undo that is due and cannot let people in goes on with those whom it had not let in', async () => {
  const { unlockUser } = world.platform;
  let calls = 0;
  world.platform.unlockUser = (id) => {
    if (++calls === 3) return Promise.reject(buildFault('BACKEND_UNAUTHORIZED', 401));
    return unlockUser.call(world.platform, id);
  };
  await world.passUntil(MORNING_MS);
  const left = world.locked.length;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(6);
  await world.passUntil(MORNING_MS + 10 * MINUTE_MS);

  expect(world.locked).toEqual([]);
  expect(world.reports.map(({ status }) => status)).toEqual(['queued', 'done']);
  expect(world.record(world.record().unlockRunId ?? '')).toMatchObject({ status: 'done', unlocked: 6 });
});

test('an undo that is due and cannot let people in does not let in whom the run of the next evening keeps out', async () => {
  breakPlatform('readDeployment', buildFault('BACKEND_UNAVAILABLE', 503))(() => isDownUntil(EVENING_MS + DAY_MS));
  await world.passUntil(EVENING_MS + DAY_MS);
  await world.run({ unlockAt: SHIFT.unlockAt });
  await world.passUntil(MORNING_MS + DAY_MS - 1);
  expect(world.locked).toHaveLength(6);

  await world.passUntil(MORNING_MS + DAY_MS + 20 * MINUTE_MS);
  expect(world.locked).toEqual([]);
});

test('an undo that is due and cannot let people in says how to let them in by hand where it cannot be ordered again', async () => {
  breakPlatform('readDeployment', buildFault('BACKEND_UNAUTHORIZED', 401))(() => true);
  world.platform.onScheduleAt = () => Promise.reject(new Error('no room'));
  await world.passUntil(MORNING_MS);

  expect(ordered()).toEqual([]);
  expect(world.lastReport).toMatchObject({
    status: 'failed',
    stopReason: { code: 'BACKEND_UNAUTHORIZED', nextStep: 'Let people in by hand: {"undo": "shift"}.' }
  });
});

test('an undo that fails is not tried again where somebody started it', async () => {
  breakPlatform('readDeployment', buildFault('BACKEND_UNAUTHORIZED', 401))(() => true);
  await world.run({ undo: 'shift' });

  expect(world.lastReport).toMatchObject({ status: 'failed' });
  expect(ordered()).toEqual([]);
});
