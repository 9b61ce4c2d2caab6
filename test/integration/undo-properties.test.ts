import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import type { Device } from '../../tasks/local/devices/Device';
import { reachInProcess, reachOverHttp } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';

const INTERFERENCES = [
  'none',
  'unlocked by hand',
  'unlocked by hand, in the app, locked by hand',
  'unlocked by hand, locked by another run',
  'unlocked by another run, locked by hand',
  'locked by hand where unlocked'
] as const;

const users = fc.record({
  prior: fc.constantFrom('in the app', 'on two devices', 'never in the app', 'locked'),
  /** Rows on each device that are not uploaded when the lock comes. */
  rows: fc.nat(3),
  isOffline: fc.boolean(),
  group: fc.constantFrom('selected', 'selected', 'selected', 'protected', 'excluded'),
  interference: fc.constantFrom('none', 'none', ...INTERFERENCES)
});
type User = (typeof users extends fc.Arbitrary<infer T> ? T : never) & { readonly id: string };

const scenarios = fc.record({
  users: fc.array(users, { minLength: 1, maxLength: 9 }),
  batchSize: fc.integer({ min: 1, max: 5 }),
  onlyEnrolled: fc.boolean()
});

/** Longer than the clocks may differ, so that the times of the sessions tell what came first. */
const A_WHILE_MS = 5 * 60_000;

/** The people of one scenario, their devices, and what they have entered. */
class People {
  readonly devices = new Map<string, Device[]>();
  entered = 0;

  constructor(
    private readonly task: TaskInProcess,
    readonly users: readonly User[]
  ) {}

  all(): Device[] {
    return [...this.devices.values()].flat();
  }

  async signIn({ id }: User): Promise<void> {
    const device = this.task.makeDevice(id);
    this.devices.set(id, [...(this.devices.get(id) ?? []), device]);
    if ((await device.enroll()) !== 'enrolled') throw new Error('A user who is not locked could not sign in.');
  }

  work({ id, rows }: User): void {
    for (const device of this.devices.get(id) ?? []) {
      if (device.screen !== 'app') continue;
      for (let row = 0; row < rows; row++) device.work({ type: 'inspection', id: randomUUID(), values: { note: 'x' } });
      this.entered += rows;
    }
  }

  async start(): Promise<void> {
    for (const user of this.users) {
      if (user.prior === 'never in the app') continue;
      await this.signIn(user);
      if (user.prior === 'on two devices') await this.signIn(user);
      for (const device of this.devices.get(user.id) ?? []) device.isOnline = !user.isOffline;
      this.work(user);
      if (user.prior === 'locked') await this.task.call(`users/${user.id}/lock`, { wipe: false });
    }
  }
}

/** Somebody else changes a user after the run. Nothing is done where there is nothing to be changed. */
async function interfere(task: TaskInProcess, people: People, user: User): Promise<void> {
  const unlock = (): Promise<void> => task.call(`users/${user.id}/unlock`);
  const lock = (): Promise<void> => task.call(`users/${user.id}/lock`, { wipe: false });
  const isLocked = task.isLocked(user.id);
  if (user.interference === 'locked by hand where unlocked') return isLocked ? undefined : lock();
  if (!isLocked) return;
  switch (user.interference) {
    case 'none':
      return;
    case 'unlocked by hand':
      return unlock();
    case 'unlocked by hand, in the app, locked by hand':
      await unlock();
      await people.signIn(user);
      people.work(user);
      task.passTime(A_WHILE_MS);
      return lock();
    case 'unlocked by hand, locked by another run':
      await unlock();
      await task.run({ userIds: [user.id] });
      return task.passTime(A_WHILE_MS);
    case 'unlocked by another run, locked by hand':
      await task.run({ action: 'unlock', userIds: [user.id] });
      return lock();
  }
}

const WAYS = [
  { way: 'in this process', reach: reachInProcess, numRuns: 25 },
  { way: 'over HTTP', reach: reachOverHttp, numRuns: 3 }
];

test.each(WAYS)(
  '$way: for any users and any interference, lock and undo leave every user as they were, except whom others changed, and no device loses a row',
  async ({ reach, numRuns }) => {
    await fc.assert(
      fc.asyncProperty(scenarios, async ({ users: given, batchSize, onlyEnrolled }) => {
        const task = new TaskInProcess(await reach());
        try {
          const { userIds } = task.backend.seed({ users: given.length, neverEnrolled: given.length });
          const people = new People(
            task,
            given.map((user, index) => ({ ...user, id: userIds[index] ?? '' }))
          );
          await people.start();
          const before = new Map(userIds.map((id) => [id, task.isLocked(id)]));
          const ofGroup = (group: User['group']): string[] =>
            people.users.filter((user) => user.group === group).map(({ id }) => id);
          task.passTime(A_WHILE_MS);

          const parameters = { batchSize, onlyEnrolled, excludeUserIds: ofGroup('excluded') };
          const locked = await task.run(parameters, { protectedIds: ofGroup('protected') });
          expect(locked.status).toBe('done');
          const byTheRun = new Set(userIds.filter((id) => task.isLocked(id) && before.get(id) === false));

          for (const user of people.users) people.work(user);
          for (const device of people.all()) await device.connect();
          task.passTime(A_WHILE_MS);
          for (const user of people.users) await interfere(task, people, user);
          const afterOthers = new Map(userIds.map((id) => [id, task.isLocked(id)]));

          const undone = await task.run({ undo: locked.runId });
          expect(undone).toMatchObject({ status: 'done', verified: true, undoes: locked.runId });
          for (const user of people.users) {
            const isLeftAlone =
              !byTheRun.has(user.id) || !['none', 'locked by hand where unlocked'].includes(user.interference);
            const expected = isLeftAlone ? afterOthers.get(user.id) : before.get(user.id);
            expect({ ...user, isLocked: task.isLocked(user.id) }).toEqual({ ...user, isLocked: expected });
          }
          const stillLocked = userIds.filter((id) => task.isLocked(id));
          expect(undone.stillLocked?.users.map(({ userId }) => userId).sort()).toEqual([...stillLocked].sort());

          const unlockedNow = task.backend.state().lockedUsers;
          expect(await task.run({ undo: locked.runId })).toMatchObject({
            status: 'done',
            counts: { planned: 0 },
            stopReason: { code: 'ALREADY_UNDONE', usersChanged: 'no' }
          });
          expect(task.backend.state().lockedUsers).toBe(unlockedNow);

          for (const device of people.all()) {
            device.isOnline = true;
            await device.connect();
            if (device.screen === 'login') await device.enroll();
          }
          const onDevices = people.all().reduce((sum, device) => sum + device.unsyncedRows.length, 0);
          const inBackend = task.backend.state().objects['inspection'] ?? 0;
          expect(people.all().some(({ lostCount }) => lostCount > 0)).toBe(false);
          expect(onDevices + inBackend).toBe(people.entered);
          for (const [id, devices] of people.devices) {
            if (!task.isLocked(id)) expect(devices.flatMap(({ unsyncedRows }) => unsyncedRows)).toEqual([]);
          }
          expect(task.backend.state().resetSessions).toBe(0);
          expect(task.backend.violations()).toEqual([]);
        } finally {
          await task.backend.close();
        }
      }),
      { numRuns }
    );
  }
);
