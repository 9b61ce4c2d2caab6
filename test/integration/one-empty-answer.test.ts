import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import { classifyResponse } from '../../cloudcode/lock_users/src/requests/classify-response';
import { cutAfter } from '../support/cut-after';
import { DAY_MS, EVENING_MS, EveningWorld, MINUTE_MS, MORNING_MS, SHIFT } from '../support/EveningWorld';
import { FakePlatform } from '../support/fake-ports';
import { MemoryRecordStore } from '../support/MemoryRecordStore';
import { playEmpty } from '../support/play-empty';
import type { ReadList } from '../support/play-empty';
import { runOnFake } from '../support/run-on-fake';
import { userId, userIds } from '../support/user-id';

const LEFT = { text: 'active = ?', values: [false] };
const ADMINISTRATORS = { text: 'role = ?', values: ['administrator'] };

/** A world with runs in it. */
class World {
  readonly platform: FakePlatform;
  readonly records = new MemoryRecordStore();
  private runs = 0;

  constructor(users: number) {
    this.platform = new FakePlatform(userIds(users));
    this.platform.records = this.records;
    this.platform.clock.now = 1000 * DAY_MS;
    this.platform.newRunId = () => `run-${++this.runs}`;
    this.platform.matches.set(LEFT.text, [userId(1), userId(2)]);
    this.platform.matches.set(ADMINISTRATORS.text, [userId(3)]);
  }

  run(params: object = {}, settings: Partial<Settings> = {}): Promise<Report> {
    return runOnFake(this.platform, params, settings);
  }

  /** What runs have come to, and where the users are. */
  describe(...reports: readonly Report[]): object {
    return {
      reports: reports.map(({ status, stopReason, counts, verified, warnings, stillLocked, earlier, whoIsOut }) => {
        const code = stopReason?.code;
        return { status, code, counts, verified, warnings, stillLocked, earlier, whoIsOut };
      }),
      locked: [...this.platform.locked].sort(),
      records: [...this.records.runs.values()].map(({ runId, status, undoneBy }) => ({ runId, status, undoneBy }))
    };
  }
}

/** Plays something, from a moment on with one empty answer, and returns what it came to. */
type Play = (begin: (platform: FakePlatform, records: MemoryRecordStore) => void) => Promise<object>;

const SMALL = { canary: 0, batchSize: 2, concurrency: 1 };

/** Each with the lists that are empty in most runs, so that emptiness is believed: a later run warns as well as this one. */
const PLAYS: readonly [string, Play, readonly ReadList[]][] = [
  [
    'a lock with a rule',
    async (begin) => {
      const world = new World(30);
      begin(world.platform, world.records);
      return world.describe(await world.run({ runId: 'evening' }, { protectedWhere: ADMINISTRATORS }));
    },
    []
  ],
  [
    'a lock of several invocations',
    async (begin) => {
      const world = new World(30);
      cutAfter(world.platform, 5);
      begin(world.platform, world.records);
      const first = await world.run(SMALL);
      return world.describe(first, await world.run(world.platform.scheduled.shift()?.parameters));
    },
    []
  ],
  [
    'a lock by a query and 1100 ids',
    async (begin) => {
      const world = new World(1100);
      begin(world.platform, world.records);
      return world.describe(await world.run({ where: ['name != ?', 'x'], userIds: userIds(1100) }));
    },
    []
  ],
  [
    'a lock of everybody whose list shows one user less',
    async (begin) => {
      const world = new World(30);
      const { platform } = world;
      const read = platform.readUserIds.bind(platform);
      platform.readUserIds = async (selection, limit, skip) => {
        const page = await read(selection, limit, skip);
        if (selection.userIds !== undefined) return page;
        return { ...page, userIds: page.userIds.filter((id) => id !== userId(5)) };
      };
      begin(platform, world.records);
      return world.describe(await world.run());
    },
    []
  ],
  [
    'a lock after an evening that nobody has undone',
    async (begin) => {
      const world = await passEvening(begin);
      return world.describe(await world.run({ unlockAt: inHours(world, 8) }));
    },
    []
  ],
  [
    'one that is not undone by itself',
    async (begin) => {
      const world = await passEvening(begin);
      return world.describe(await world.run());
    },
    ['runs to be undone']
  ],
  [
    'an undo that keeps out whoever has left',
    async (begin) => {
      const world = new World(30);
      await world.run({ ...SMALL, runId: 'evening' });
      begin(world.platform, world.records);
      return world.describe(await world.run({ undo: 'evening' }, { stayOutWhere: LEFT }));
    },
    []
  ],
  [
    'an undo of the last run, and a status of another',
    async (begin) => {
      const world = new World(30);
      await world.run({ runId: 'evening', userIds: userIds(10) });
      await world.run();
      begin(world.platform, world.records);
      const undone = await world.run({ undo: 'last' });
      return world.describe(undone, await world.run({ action: 'status', run: 'evening' }));
    },
    []
  ],
  [
    'a requested run whose token the backend refuses',
    async (begin) => {
      const world = new World(30);
      const { platform, records } = world;
      const { id: runId } = records.add({ status: 'requested' });
      platform.readDeployment = () => Promise.reject(classifyResponse('GET info.json', 401, undefined));
      begin(platform, records);
      return world.describe(await world.run({ runId }));
    },
    []
  ],
  [
    'a late undo, when the next evening has begun',
    async (begin) => {
      const world = new EveningWorld(EVENING_MS);
      const lateMs = EVENING_MS + DAY_MS + 30 * MINUTE_MS;
      world.deliveries = (atMs) => [atMs === MORNING_MS ? lateMs : atMs];
      await world.run(SHIFT);
      world.startAt(EVENING_MS + DAY_MS, { runId: 'next', unlockAt: SHIFT.unlockAt });
      world.at(lateMs - 1, () => begin(world.platform, world.records));
      await world.passUntil(lateMs + DAY_MS / 4);
      const { locked } = world;
      await world.passUntil(MORNING_MS + DAY_MS + 20 * MINUTE_MS);
      return { locked, atLast: world.locked };
    },
    []
  ],
  [
    'a run that deletes old batches, and an undo of a lock that keeps its own',
    async (begin) => {
      const world = new World(30);
      await world.run({ runId: 'evening' });
      world.platform.clock.now += 91 * DAY_MS;
      begin(world.platform, world.records);
      await world.run({ action: 'reauthenticate' }, { keepDays: 90 });
      const undone = await world.run({ undo: 'evening' });
      return { undone: world.describe(undone), batches: [...world.records.batches.values()].map(({ runId }) => runId) };
    },
    []
  ]
];

/** The day after an evening that nobody has undone; from now on lists may come back empty. */
async function passEvening(begin: Parameters<Play>[0]): Promise<World> {
  const world = new World(30);
  await world.run({ runId: 'evening', unlockAt: inHours(world, 8) });
  world.platform.clock.now += DAY_MS;
  begin(world.platform, world.records);
  return world;
}

function inHours({ platform }: World, hours: number): string {
  return new Date(platform.clock.now + hours * 60 * MINUTE_MS).toISOString();
}

test.each(PLAYS)('%s comes to the same, whichever list is shown empty once', async (_name, play, mayBelieve) => {
  let lists: readonly ReadList[] = [];
  const truth = await play((platform, records) => (lists = playEmpty(platform, records).lists));
  expect(lists.length).toBeGreaterThan(0);

  for (const [index, list] of [...lists].entries()) {
    if (mayBelieve.includes(list)) continue;
    const outcome = await play((platform, records) => void playEmpty(platform, records, index + 1));
    expect({ emptyList: `${index + 1}, ${list}`, ...outcome }).toEqual({
      emptyList: `${index + 1}, ${list}`,
      ...truth
    });
  }
});
