import { Temporal } from '@js-temporal/polyfill';
import { parseWhere } from '../../cloudcode/lock_users/src/input/where';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { backendError } from '../../cloudcode/lock_users/src/requests/classify-response';
import { EveningWorld, MINUTE_MS } from '../support/EveningWorld';
import { userId } from '../support/user-id';

const NIGHTS = 10;
const [PROTECTED, LOCKED_BEFORE, LEFT, LOCKED_LATER] = [userId(1), userId(2), userId(3), userId(4)] as const;

const LEAVERS = parseWhere('["role = ?", "left"]', 'LOCK_USERS_STAY_OUT_WHERE');
if (!('value' in LEAVERS)) throw new Error(LEAVERS.mistakes.join());
const STAY_OUT = LEAVERS.value;

/** The one trouble after which not everybody is out. */
const STOPPED = 'the lock run is stopped with its first user';

/** What goes wrong in one night; the parameters are those of the lock run. */
type Trouble = (world: EveningWorld, night: Night) => void;

interface Night {
  readonly lockAtMs: number;
  readonly unlockAtMs: number;
  readonly params: { readonly unlockAt: string };
}

const lock: Trouble = (world, { lockAtMs, params }) => world.startAt(lockAtMs, params);

/** What each order for a moment comes to, in one night. */
const deliver =
  (deliveries: EveningWorld['deliveries']): Trouble =>
  (world, night) => {
    world.deliveries = deliveries;
    lock(world, night);
  };

const limitOrders = (world: EveningWorld): void => {
  world.platform.onScheduleAt = (atMs) => {
    if (atMs - world.nowMs > 15 * MINUTE_MS) throw new Error('"at" is at most 15 minutes ahead');
  };
};

const stopLock: Trouble = (world, { lockAtMs, params }) =>
  world.at(lockAtMs, () => world.runStopped({ ...params, canary: 0, batchSize: 1, concurrency: 1 }));

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'none at all': lock,
  'the lock run is killed with its first batch': (world, { lockAtMs, params }) =>
    world.at(lockAtMs, () => world.runKilled({ ...params, batchSize: 1, concurrency: 1 }, 6)),
  'the undo is delivered three times': deliver((atMs) => [atMs, atMs, atMs + MINUTE_MS]),
  'the undo is delivered two hours early': deliver((atMs, nowMs) => [
    atMs - nowMs > 180 * MINUTE_MS ? atMs - 120 * MINUTE_MS : atMs
  ]),
  'the undo is delivered 40 s early': deliver((atMs) => [atMs - 40_000]),
  'the undo is delivered 45 minutes late': deliver((atMs) => [atMs + 45 * MINUTE_MS]),
  'orders more than 15 minutes ahead are refused': (world, night) => {
    limitOrders(world);
    lock(world, night);
  },
  'orders more than 15 minutes ahead come in 15 minutes': deliver((atMs, nowMs) => [
    Math.min(atMs, nowMs + 15 * MINUTE_MS)
  ]),
  'the undo is killed with its first user': (world, night) => {
    lock(world, night);
    world.at(night.unlockAtMs - 10 * MINUTE_MS, () => {
      const run = world.run.bind(world);
      world.run = (params) => {
        world.run = run;
        return world.runKilled(params, 1);
      };
    });
  },
  'somebody undoes the run at night, and locks one of them': (world, night) => {
    lock(world, night);
    world.at(night.lockAtMs + 240 * MINUTE_MS, async () => {
      await world.run({ undo: world.lastLock });
      world.platform.locked.add(LOCKED_LATER);
    });
  },
  [STOPPED]: stopLock,
  'the lock run is stopped with its first user, and another one locks the others': (world, night) => {
    stopLock(world, night);
    world.startAt(night.lockAtMs + 10 * MINUTE_MS, night.params);
  },
  'the undo is stopped before it begins, and somebody undoes the run by hand': (world, night) => {
    lock(world, night);
    world.at(night.unlockAtMs - 10 * MINUTE_MS, () => {
      world.records.add({ runId: world.lastUndo ?? null, stopRequested: true });
    });
    world.at(night.unlockAtMs + 30 * MINUTE_MS, () => world.run({ undo: world.lastLock }));
  },
  'the backend is down for 40 minutes when the undo is due': (world, night) => {
    lock(world, night);
    const { platform } = world;
    const read = platform.readDeployment.bind(platform);
    platform.readDeployment = () => {
      const lateMs = world.nowMs - night.unlockAtMs;
      if (lateMs < 0 || lateMs >= 40 * MINUTE_MS) return read();
      return Promise.reject(
        backendError('BACKEND_UNAUTHORIZED', 'GET info.json was answered with 401.', { status: 401 })
      );
    };
  },
  'the run is started twice': (world, night) => {
    lock(world, night);
    world.startAt(night.lockAtMs + MINUTE_MS, night.params);
  }
};

function nightsOf(zone: string, firstDay: string): Night[] {
  const day = Temporal.PlainDate.from(firstDay);
  return Array.from({ length: NIGHTS }, (_, index) => {
    const on = (days: number, time: string): number =>
      day.add({ days }).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
    return {
      lockAtMs: on(index, '22:00'),
      unlockAtMs: on(index + 1, '06:00'),
      params: { unlockAt: `06:00 ${zone}` }
    };
  });
}

/** Whether a report of a run that was not killed says what the world shows. */
function expectTruth(report: Report, { platform }: EveningWorld, { unlockAtMs }: Night): void {
  expect(['done', 'queued', 'refused', 'stopped']).toContain(report.status);
  if (report.status === 'refused') expect(report.stopReason?.code).toBe('RUN_ENDED');
  const { planned, alreadyLocked = 0, locked = 0, failed, unconfirmed, notAttempted } = report.counts;
  expect(failed + unconfirmed).toBe(0);
  expect(report.warnings).toBeUndefined();
  if (report.status === 'stopped') {
    expect(report.stopReason?.code).toBe('STOP_REQUESTED');
    expect(locked + notAttempted).toBe(planned);
    expect({ locked, isOrdered: report.unlockRunId !== undefined }).toEqual(
      report.action === 'lock' ? { locked: 1, isOrdered: true } : { locked: 0, isOrdered: false }
    );
    return;
  }
  expect(notAttempted).toBe(0);
  if (report.action === 'lock') {
    if (report.requests.batch < 2) expect(report.requests.total).toBeLessThanOrEqual(14);
    expect(Date.parse(report.unlockAt ?? '')).toBe(unlockAtMs);
    expect({ locked: platform.locked.size, isOrdered: report.unlockRunId !== undefined }).toEqual({
      locked: planned + alreadyLocked,
      isOrdered: planned > 0
    });
  }
}

const ZONES: readonly (readonly [zone: string, spring: string, autumn: string])[] = [
  ['Europe/Berlin', '2026-03-24', '2026-10-20'],
  ['Europe/London', '2026-03-24', '2026-10-20'],
  ['America/New_York', '2026-03-03', '2026-10-27'],
  ['America/St_Johns', '2026-03-03', '2026-10-27'],
  ['Australia/Lord_Howe', '2026-09-29', '2026-03-31'],
  ['Pacific/Auckland', '2026-09-22', '2026-03-31']
];
const CHANGES = ZONES.flatMap(([zone, ...days], index) => days.map((day) => [zone, day, index] as const));

test.each(CHANGES)(
  'ten nights of %s from %s: out at 23:00, in at 07:00, whatever goes wrong',
  async (zone, day, shift) => {
    const nights = nightsOf(zone, day);
    const world = new EveningWorld(nights[0]?.lockAtMs ?? 0, { protectedIds: [PROTECTED], stayOutWhere: STAY_OUT });
    const { platform } = world;
    platform.matches.set(STAY_OUT.text, [LEFT]);
    const byHand = new Set([LOCKED_BEFORE]);
    platform.locked.add(LOCKED_BEFORE);
    const [deliveries, onScheduleAt] = [world.deliveries, platform.onScheduleAt];
    const troubles = Object.entries(TROUBLES);

    for (const [index, night] of nights.entries()) {
      const [name = '', trouble = lock] = troubles[(index + shift) % troubles.length] ?? [];
      Object.assign(world, { deliveries });
      platform.onScheduleAt = onScheduleAt;
      const before = world.locked;
      trouble(world, night);
      await world.passUntil(night.lockAtMs + 60 * MINUTE_MS);
      const everybody = platform.ids.filter((id) => id !== PROTECTED);
      const out = name === STOPPED ? world.locked : everybody;
      expect([name, world.locked]).toEqual([name, out]);
      expect([name, out.length]).toEqual([name, name === STOPPED ? before.length + 1 : everybody.length]);
      for (const report of world.reports.splice(0)) expectTruth(report, world, night);

      await world.passUntil(night.unlockAtMs - MINUTE_MS);
      if (!name.startsWith('somebody undoes')) expect([name, world.locked]).toEqual([name, out]);
      await world.passUntil(night.unlockAtMs + 60 * MINUTE_MS);
      if (platform.locked.has(LOCKED_LATER)) byHand.add(LOCKED_LATER);
      expect([name, world.locked]).toEqual([name, [...byHand, LEFT].sort()]);
      for (const report of world.reports.splice(0)) expectTruth(report, world, night);
    }
  }
);
