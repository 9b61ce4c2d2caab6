import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let log: RecordingLog;
beforeEach(() => {
  platform = new FakePlatform(userIds(300));
  platform.records = new MemoryRecordStore();
  for (const id of platform.ids) platform.names.set(id, `Name of ${id.slice(-3)}`);
  log = new RecordingLog();
});

/** The first so many users cannot be locked. */
function failFirst(count: number): void {
  const lock = platform.answerBatch;
  const fails = new Set(userIds(count));
  platform.answerBatch = (operations) => {
    lock(operations.filter(({ user_id: id }) => !fails.has(id)));
    const failure = { success: false, error: { type: 'X', detail: 'x' } };
    return { operations: operations.map(({ user_id: id }) => (fails.has(id) ? failure : { success: true })) };
  };
}

test('nobody is asked for where the report names nobody', async () => {
  expect(await runOnFake(platform)).toMatchObject({ status: 'done' });
  expect(platform.asked).toEqual([]);
});

test('users that failed have their names beside their ids in the report, and neither in the log nor in the record', async () => {
  failFirst(2);

  const report = await runOnFake(platform, {}, {}, log);

  expect(report.failures).toEqual([
    expect.objectContaining({ userId: userId(0), name: `Name of ${userId(0).slice(-3)}`, type: 'X' }),
    expect.objectContaining({ userId: userId(1), name: `Name of ${userId(1).slice(-3)}`, type: 'X' })
  ]);
  expect(platform.asked).toEqual([[userId(0), userId(1)]]);
  expect(log.lines.join('\n')).not.toContain('Name of');
  expect(JSON.stringify([...(platform.records?.runs.values() ?? [])])).not.toContain('Name of');
});

test('one request asks for a hundred of them, and the others keep their ids alone', async () => {
  failFirst(250);

  const { failures } = await runOnFake(platform, { canary: 0 });

  expect(platform.asked.map(({ length }) => length)).toEqual([100]);
  expect(failures).toHaveLength(250);
  expect(failures.filter(({ name }) => name !== undefined).map(({ userId: id }) => id)).toEqual(userIds(100));
});

test('users that stay locked, and those whose devices somebody wipes, have their names too', async () => {
  platform.changeSession(userId(5), 'phone', { authenticatedAtMs: 1 });
  await runOnFake(platform, { userIds: userIds(10) });
  platform.newRunId = () => 'run-2';
  platform.locked.add(userId(20));
  const unlock = platform.answerUnlock;
  platform.answerUnlock = (id) => {
    platform.changeSession(userId(5), 'phone', { state: 'RESET' });
    return unlock(id);
  };

  const report = await runOnFake(platform, { undo: 'run-1' });

  expect(report.stillLocked?.users).toEqual([
    expect.objectContaining({ userId: userId(20), name: platform.names.get(userId(20)) })
  ]);
  expect(report.resetSessions).toEqual({
    count: 1,
    userIds: [userId(5)],
    names: { [userId(5)]: platform.names.get(userId(5)) }
  });
});

test('ids that are not users of the app are not asked for', async () => {
  const report = await runOnFake(platform, {}, { protectedIds: [userId(999)] });

  expect(report.warnings).toMatchObject([{ code: 'UNKNOWN_IDS' }]);
  expect(platform.asked).toEqual([]);
});

test('where the names cannot be read, or not of all, the report is as it would be without', async () => {
  failFirst(2);
  platform.names.delete(userId(0));
  const some = await runOnFake(platform, {}, { protectedIds: [userId(999)] });
  expect(some.failures.map((user) => 'name' in user)).toEqual([false, true]);
  expect(some.warnings?.map((warning) => 'names' in warning)).toEqual([false]);

  platform.readNames = () => Promise.reject(new Error('No.'));
  platform.newRunId = () => 'run-2';
  const none = await runOnFake(platform, {}, {}, log);
  expect(none).toMatchObject({ status: 'failed', counts: { failed: 2 } });
  expect(none.failures.some((user) => 'name' in user)).toBe(false);
  expect(log.lines.join('\n')).not.toContain('No.');
});

test('a database that answers with others as well names nobody else', async () => {
  failFirst(1);
  platform.readNames = () => Promise.resolve(platform.names);

  const { failures } = await runOnFake(platform);

  expect(failures).toEqual([expect.objectContaining({ userId: userId(0), name: platform.names.get(userId(0)) })]);
});

test('a status has the names of those whom it tells of, with one request', async () => {
  const report = await runOnFake(platform, { action: 'status' }, {}, log);

  expect(platform.asked.map(({ length }) => length)).toEqual([100]);
  expect(report.whoIsOut?.users).toHaveLength(100);
  for (const { userId: id, name } of report.whoIsOut?.users ?? []) expect(name).toBe(platform.names.get(id));
  expect(log.lines.join('\n')).not.toContain('Name of');
});
