import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const MINUTE_MS = 60_000;
let platform: FakePlatform;
let locked: Report;

beforeEach(async () => {
  platform = new FakePlatform(userIds(6));
  platform.records = new MemoryRecordStore();
  let runs = 0;
  platform.newRunId = () => `run-${++runs}`;
  platform.clock.now += 100 * MINUTE_MS;
  locked = await runOnFake(platform, {});
  pass(10);
});

function pass(minutes: number): void {
  platform.clock.now += minutes * MINUTE_MS;
}

/** Invocations of an undo last for two users each, or for all of them. */
async function undo(params: object = {}, isSlow = false): Promise<Report> {
  const { clock, answerUnlock } = platform;
  if (!isSlow) return runOnFake(platform, { undo: locked.runId, ...params });
  platform.answerUnlock = (id) => {
    clock.now += 1000;
    return answerUnlock(id);
  };
  const report = await runOnFake(platform, { undo: locked.runId, concurrency: 1, ...params }, { budgetMs: 1500 });
  expect(report).toMatchObject({ status: 'continues' });
  platform.answerUnlock = answerUnlock;
  return report;
}

const goOn = (): Promise<Report> => runOnFake(platform, platform.scheduled.at(-1)?.parameters);

test('whom an undo has let in and somebody has locked since stays locked, also where the clock was set back before that undo', async () => {
  platform.clock.jump(-60 * MINUTE_MS);
  expect(await undo()).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
  pass(10);
  platform.locked.add(userId(2));

  const again = await undo();

  expect([...platform.locked]).toEqual([userId(2)]);
  expect(again).toMatchObject({ status: 'done', counts: { unlocked: 0, lockedAgain: 1 } });
  expect(again.stillLocked?.users).toContainEqual({
    userId: userId(2),
    type: 'LOCKED_AGAIN',
    detail: expect.stringMatching(/^Run run-\d+ has unlocked this user since, or was told so/) as string
  });
});

test('where the clock is set back between two invocations of an undo, whom it let in afterwards and somebody has locked since stays locked', async () => {
  expect(await undo({}, true)).toMatchObject({ counts: { unlocked: 2 } });
  platform.clock.jump(-60 * MINUTE_MS);
  expect(await goOn()).toMatchObject({ status: 'done', counts: { unlocked: 4 } });
  pass(10);
  platform.locked.add(userId(5));

  const again = await undo();

  expect([...platform.locked]).toEqual([userId(5)]);
  expect(again.counts).toMatchObject({ unlocked: 0, lockedAgain: 1 });
});

test('where the clock was set back before an undo, each invocation of the next one leaves whom somebody has locked since', async () => {
  platform.clock.jump(-60 * MINUTE_MS);
  expect(await undo({ excludeUserIds: [userId(3), userId(4), userId(5)] })).toMatchObject({ counts: { unlocked: 3 } });
  pass(2);
  platform.locked.add(userId(2));
  pass(2);

  expect(await undo({}, true)).toMatchObject({ counts: { lockedAgain: 1 } });
  const last = await goOn();

  expect(last.counts).toMatchObject({ lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(2)]);
});

test('where the clock was set back before an undo, the third one still knows whom the first one has let in', async () => {
  platform.clock.jump(-60 * MINUTE_MS);
  await undo({ excludeUserIds: [userId(4), userId(5)] });
  pass(2);
  platform.locked.add(userId(2));
  pass(2);
  expect(await undo({ excludeUserIds: [userId(5)] })).toMatchObject({ counts: { lockedAgain: 1 } });
  pass(2);

  const third = await undo();

  expect(third.counts).toMatchObject({ unlocked: 1, lockedAgain: 1 });
  expect([...platform.locked]).toEqual([userId(2)]);
});

test('where the clock was set back during an undo that was killed then, another undo leaves whom that one let in and somebody has locked since', async () => {
  await undo({}, true);
  platform.clock.jump(-60 * MINUTE_MS);
  await goOn();
  const killed = [...(platform.records?.runs.values() ?? [])].find(({ action }) => action === 'unlock');
  Object.assign(killed ?? {}, { status: 'running', finishedAtMs: null, report: null });
  pass(120);
  platform.locked.add(userId(5));

  await undo();

  expect([...platform.locked]).toEqual([userId(5)]);
});

test('where the clock was set back before an undo whose record has no parameters, as in an older copy of the models, the next one leaves whom somebody has locked since', async () => {
  platform.clock.jump(-60 * MINUTE_MS);
  const { runId } = await undo();
  const record = [...(platform.records?.runs.values() ?? [])].find((run) => run.runId === runId);
  Object.assign(record ?? {}, { parameters: null });
  pass(10);
  platform.locked.add(userId(2));

  await undo();

  expect([...platform.locked]).toEqual([userId(2)]);
});

test('where the clock was set back before an undo that named the run by the id of its record, the third one still knows whom that one has let in', async () => {
  platform.clock.jump(-60 * MINUTE_MS);
  const [record] = platform.records?.runs.values() ?? [];
  await undo({ undo: record?.id, excludeUserIds: [userId(4), userId(5)] });
  pass(2);
  platform.locked.add(userId(2));
  pass(2);
  await undo({ excludeUserIds: [userId(5)] });
  pass(2);

  await undo();

  expect([...platform.locked]).toEqual([userId(2)]);
});

test('an undo of another run, before this one, keeps nobody out', async () => {
  await undo();
  pass(2);
  const second = await runOnFake(platform, {});
  pass(2);
  expect(await runOnFake(platform, { undo: second.runId, excludeUserIds: [userId(5)] })).toMatchObject({
    counts: { unlocked: 5 }
  });
  pass(2);

  expect(await runOnFake(platform, { undo: second.runId })).toMatchObject({ counts: { unlocked: 1, lockedAgain: 0 } });
});
