import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const ALL = userIds(6);
const IN_PAIRS = { runId: 'evening', canary: 0, batchSize: 2, concurrency: 1 };

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(ALL);
  records = new MemoryRecordStore();
  platform.records = records;
});

/** The time of the invocation is over after so many batches. */
function cutAfter(count: number): void {
  const answer = platform.answerBatch;
  let batches = 0;
  platform.answerBatch = (operations) => {
    const answered = answer(operations);
    if (++batches === count) platform.clock.now += 275_000;
    return answered;
  };
}

function goOn(): Promise<Report> {
  return runOnFake(platform, platform.scheduled.shift()?.parameters);
}

function recordOf(wanted: string): RunRecord | undefined {
  return [...records.runs.values()].find(({ runId }) => runId === wanted);
}

function refuseReading(status: number): void {
  platform.readUserStates = () => Promise.reject(classifyResponse('GET users', status, undefined));
}

test('a later invocation that cannot read the users takes nothing back of what was done', async () => {
  cutAfter(2);
  await runOnFake(platform, IN_PAIRS);
  refuseReading(401);

  const last = await goOn();

  expect(last).toMatchObject({ status: 'partial', earlier: { locked: 4 }, stopReason: { usersChanged: 'yes' } });
  expect(recordOf('evening')).toMatchObject({
    status: 'partial',
    selected: 6,
    planned: 6,
    locked: 4,
    alreadyLocked: 0
  });
  expect(recordOf('evening')?.message).not.toContain('No user was changed');
});

test('after an invocation that could not read the users the next one counts everybody once', async () => {
  cutAfter(2);
  await runOnFake(platform, IN_PAIRS);
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = () => {
    platform.clock.now += 275_000;
    return Promise.reject(classifyResponse('GET users', 503, undefined));
  };
  const between = await goOn();
  const lockedBetween = recordOf('evening')?.locked;
  platform.readUserStates = read;

  const last = await goOn();

  expect(between).toMatchObject({ status: 'continues', earlier: { locked: 4 } });
  expect(lockedBetween).toBe(4);
  expect(last.status).toBe('done');
  expect(recordOf('evening')).toMatchObject({ locked: 6, planned: 6, alreadyLocked: 0 });
});

test('an undo whose later invocation cannot read the users takes nothing back', async () => {
  await runOnFake(platform, { runId: 'evening' });
  let unlocked = 0;
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    if (++unlocked === 4) platform.clock.now += 275_000;
  };
  await runOnFake(platform, { undo: 'evening', runId: 'morning', concurrency: 1 });
  refuseReading(401);

  const last = await goOn();

  expect(last).toMatchObject({ status: 'partial', earlier: { unlocked: 4 } });
  expect(recordOf('morning')?.unlocked).toBe(4);
});

test('a later invocation that does not get the lease leaves the counts of the record alone', async () => {
  cutAfter(2);
  await runOnFake(platform, IN_PAIRS);
  platform.clock.now += 3_600_000;
  const find = records.findRuns.bind(records);
  records.findRuns = (wanted) => {
    if (!('statuses' in wanted)) return find(wanted);
    return Promise.reject(new LockUsersError({ code: 'RECORD_FAILED', message: 'm', nextStep: 'n', status: 403 }));
  };

  await goOn();

  expect(recordOf('evening')).toMatchObject({ status: 'partial', selected: 6, planned: 6, locked: 4 });
  expect(recordOf('evening')?.message).not.toContain('No user was changed');
});

test('a run is partial where only its earlier invocations changed somebody', async () => {
  cutAfter(2);
  await runOnFake(platform, IN_PAIRS);
  platform.answerBatch = (operations) => ({
    operations: operations.map(() => ({ success: false, error: { type: 'FORBIDDEN', detail: 'd' } }))
  });

  expect(await goOn()).toMatchObject({ status: 'partial', counts: { locked: 0, failed: 2 }, earlier: { locked: 4 } });
  expect(recordOf('evening')?.status).toBe('partial');
});

test('a run whose later invocation is stopped at its first batch says that users were changed', async () => {
  cutAfter(2);
  await runOnFake(platform, IN_PAIRS);
  platform.answerBatch = () => {
    throw classifyResponse('POST batch.json', 401, undefined);
  };

  expect(await goOn()).toMatchObject({ status: 'partial', stopReason: { usersChanged: 'yes' } });
});

test('a run without a record whose earlier answers were lost does not say that nobody was changed', async () => {
  platform.records = undefined;
  platform.answerBatch = () => {
    platform.clock.now += 275_000;
    throw backendError('BACKEND_UNREACHABLE', 'POST batch.json failed.', { network: 'timeout' });
  };
  await runOnFake(platform);
  refuseReading(401);

  expect(await goOn()).toMatchObject({ status: 'partial', stopReason: { usersChanged: 'maybe' } });
});

test.each([
  { maxUsers: 4, status: 'partial', locked: 2 },
  { maxUsers: 6, status: 'done', locked: 6 }
])(
  'users whom "where" does not select any more count for maxUsers: $maxUsers and in the record',
  async ({ maxUsers, status, locked }) => {
    let onShift: readonly string[] = ALL.slice(0, 2);
    platform.readUserIds = (_selection, limit, skip) =>
      Promise.resolve({ userIds: onShift.slice(skip, skip + limit), malformed: 0 });
    cutAfter(1);
    await runOnFake(platform, { ...IN_PAIRS, where: ['shift = ?', 'late'], maxUsers, verify: true });
    onShift = ALL.slice(2);

    const last = await goOn();

    expect(last).toMatchObject({ status, earlier: { locked: 2 } });
    expect(platform.locked.size).toBe(locked);
    expect(recordOf('evening')).toMatchObject({ selected: 6, alreadyLocked: 0, planned: 6, locked });
  }
);

test('a later invocation says that nobody is selected where no earlier one has sent anybody', async () => {
  platform.readUserIds = () => {
    platform.clock.now += 400_000;
    return Promise.reject(backendError('BACKEND_UNREACHABLE', 'GET failed.', { network: 'timeout' }));
  };
  const first = await runOnFake(platform, { where: ['role = ?', 'dirver'] });
  platform.readUserIds = () => Promise.resolve({ userIds: [], malformed: 0 });

  expect(first.status).toBe('continues');
  expect(await goOn()).toMatchObject({ status: 'refused', stopReason: { code: 'NOBODY_SELECTED' } });
});

test('a later invocation that selects nobody any more is done where an earlier one has locked somebody', async () => {
  cutAfter(1);
  await runOnFake(platform, { ...IN_PAIRS, where: ['shift = ?', 'late'] });
  platform.readUserIds = () => Promise.resolve({ userIds: [], malformed: 0 });

  expect(await goOn()).toMatchObject({ status: 'done', earlier: { locked: 2 } });
  expect(platform.locked).toEqual(new Set([userId(0), userId(1)]));
});

test.each([
  ['the same users are selected', false, 3],
  ['the selection shifts while it is read', true, 2]
])(
  'without a record, what an earlier invocation was not answered counts by what is shown where %s',
  async (_name, shifts, locked) => {
    platform.records = undefined;
    const answer = platform.answerBatch;
    platform.answerBatch = (operations) => {
      const answered = answer(operations);
      platform.clock.now += 275_000;
      const [first, second, third] = (answered as { readonly operations: readonly unknown[] }).operations;
      const lost = { success: false, error: { type: 'INTERNAL_SERVER_ERROR', detail: 'The operation failed.' } };
      platform.answerBatch = answer;
      return { operations: [first, second, third === undefined ? third : lost] };
    };
    await runOnFake(platform, { canary: 0, batchSize: 3, concurrency: 1 });
    expect(platform.locked.size).toBe(3);
    if (shifts) {
      const read = platform.readUserIds.bind(platform);
      platform.pageSize = 3;
      let pages = 0;
      platform.readUserIds = async (selection, limit, skip) => {
        const page = await read(selection, limit, skip);
        return skip === 0 ? page : { ...page, userIds: [userId(900 + pages++), ...page.userIds.slice(1)] };
      };
    }

    const last = await goOn();

    expect(last.warnings?.map(({ code }) => code) ?? []).toEqual(
      shifts ? expect.arrayContaining(['SELECTION_UNSTABLE']) : []
    );
    expect(last.earlier).toEqual({ locked });
  }
);

test('without a record, nobody is counted as done earlier who was only missing when the first invocation read', async () => {
  platform.records = undefined;
  const answer = platform.answerBatch;
  platform.answerBatch = () => {
    platform.clock.now += 275_000;
    platform.answerBatch = answer;
    const lost = { success: false, error: { type: 'INTERNAL_SERVER_ERROR', detail: 'The operation failed.' } };
    return { operations: [lost, lost, lost] };
  };
  platform.locked.add(userId(5));
  const read = platform.readUserIds.bind(platform);
  platform.readUserIds = async (...args) => {
    const page = await read(...args);
    return { userIds: page.userIds.filter((id) => id !== userId(5)), malformed: 1 };
  };
  const list = platform.readUserStates.bind(platform);
  platform.readUserStates = async (...args) => {
    const page = await list(...args);
    return { ...page, users: page.users.filter(({ userId: id }) => id !== userId(5)), malformed: 1 };
  };
  await runOnFake(platform, { canary: 0, batchSize: 3, concurrency: 1 });
  Object.assign(platform, { readUserIds: read, readUserStates: list });

  const last = await goOn();

  expect(last).toMatchObject({ counts: { alreadyLocked: 1, locked: 5 } });
  expect(last.earlier).toEqual({ locked: 0 });
});
