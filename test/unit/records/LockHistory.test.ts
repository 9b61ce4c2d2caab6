import { LockHistory } from '../../../cloudcode/lock_users/src/records/LockHistory';
import type { BatchRecord, NotDone } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { userId } from '../../support/user-id';

const RUN = 'record-of-the-run';
const HOUR_MS = 3_600_000;

/** A batch of the run for users 1 to 3, sent at 1000 and answered at 2000, unless told otherwise. */
function batch(changes: Partial<BatchRecord> = {}, ...notDone: NotDone[]): BatchRecord {
  return {
    id: 'b',
    runRecordId: RUN,
    runId: 'run-1',
    action: 'lock',
    number: 1,
    state: 'answered',
    sentAtMs: 1000,
    answeredAtMs: 2000,
    userIds: JSON.stringify([1, 2, 3].map(userId)),
    done: 3,
    notDone: JSON.stringify(notDone),
    ...changes
  };
}

/** The user as locked, with a device that was signed out then. */
function locked(n: number, signedOutAtMs: number | null = 1500): UserState {
  const session = { sessionId: 's', state: 'LOCKED', signedOutAtMs, authenticatedAtMs: 500 };
  return { userId: userId(n), locked: true, enrolled: false, sessions: [session] };
}

function trail(...batches: BatchRecord[]): LockHistory {
  const made = new LockHistory('run-1', RUN, 0);
  for (const each of batches) made.add(each);
  return made;
}

const isLater = (made: LockHistory, user: UserState): boolean => made.findLaterLock(user)?.type === 'LOCKED_AGAIN';

test('whom the run locked, and whom it may have locked, are its users; whom it did not are not', () => {
  const others: NotDone[] = [
    { userId: userId(1), outcome: 'failed' },
    { userId: userId(2), outcome: 'unconfirmed' },
    { userId: userId(4), outcome: 'not_attempted' }
  ];
  const four = JSON.stringify([1, 2, 3, 4].map(userId));
  expect(trail(batch({ userIds: four }, ...others)).userIds()).toEqual([userId(2), userId(3)]);
  expect(trail(batch({ state: 'sent', notDone: null })).userIds()).toEqual([1, 2, 3].map(userId));
});

test('a user who failed at first and was locked when sent again is one of them', () => {
  const made = trail(
    batch({}, { userId: userId(1), outcome: 'failed' }),
    batch({ userIds: JSON.stringify([userId(1)]) })
  );
  expect(made.userIds()).toContain(userId(1));
});

test('users of other runs alone are none of them, and the reason names the run that locked them', () => {
  const made = trail(batch({ runRecordId: 'o', runId: 'other' }));
  expect(made.userIds()).toEqual([]);
  expect(made.explainOther(userId(1)).detail).toContain('Run other found this user unlocked since');
  expect(made.explainOther(userId(9)).detail).toContain('they were locked before it, or somebody else has');
});

test.each<[string, Partial<BatchRecord>, NotDone[], boolean]>([
  ['was about to lock them: it had seen them unlocked', { action: 'lock' }, [], true],
  ['of an older version was about to lock them', { action: null }, [], true],
  ['was killed before it knew of their lock', { action: 'lock', state: 'sent', notDone: null }, [], true],
  ['could not lock them', { action: 'lock' }, [{ userId: userId(2), outcome: 'failed' }], true],
  ['unlocked them', { action: 'unlock' }, [], true],
  ['could not unlock them', { action: 'unlock' }, [{ userId: userId(2), outcome: 'failed' }], false],
  [
    'was told that it had',
    { action: 'unlock' },
    [{ userId: userId(2), outcome: 'failed', type: 'NOT_UNLOCKED' }],
    true
  ],
  [
    'found them locked again',
    { action: 'unlock' },
    [{ userId: userId(2), outcome: 'failed', type: 'LOCKED_AGAIN' }],
    true
  ],
  ['came in the same moment', { action: 'lock', sentAtMs: 1000 }, [], true],
  [
    'does not know whether it unlocked them',
    { action: 'unlock' },
    [{ userId: userId(2), outcome: 'unconfirmed' }],
    false
  ],
  ['was killed while it unlocked them', { action: 'unlock', state: 'sent', notDone: null }, [], false],
  ['signed them out', { action: 'reauthenticate' }, [], false],
  ['came before', { action: 'lock', sentAtMs: 999 }, [], false]
])('a lock is somebody else’s where another run %s: %j %j → %j', (_name, changes, notDone, expected) => {
  const other = batch({ runRecordId: 'other', sentAtMs: 5000, ...changes }, ...notDone);

  for (const made of [trail(batch(), other), trail(other, batch())]) expect(isLater(made, locked(2))).toBe(expected);
});

test('the reason names the latest of the other runs', () => {
  const early = batch({ runRecordId: 'e', runId: 'early', sentAtMs: 5000 });
  const late = batch({ runRecordId: 'l', runId: 'late', sentAtMs: 6000 });
  for (const made of [trail(batch(), early, late), trail(late, early, batch())]) {
    expect(made.findLaterLock(locked(1))?.detail).toContain('Run late found this user unlocked since');
  }
});

test.each<[string, Partial<BatchRecord>, NotDone[], number | null, boolean]>([
  ['when the run did it', {}, [], 1500, false],
  ['before the run', {}, [], 10, false],
  ['never', {}, [], null, false],
  ['a minute later, which may be the clocks', {}, [], 62_000, false],
  ['later than that', {}, [], 62_001, true],
  ['within five minutes of a batch without an answer', { answeredAtMs: null, state: 'sent' }, [], 300_000, false],
  ['later than that', { answeredAtMs: null, state: 'sent' }, [], 361_001, true],
  ['soon after the user was unconfirmed', {}, [{ userId: userId(1), outcome: 'unconfirmed' }], 300_000, false],
  ['an hour after the user was unconfirmed', {}, [{ userId: userId(1), outcome: 'unconfirmed' }], HOUR_MS, true]
])(
  'a device that was signed out %s (%j, %j, at %j) shows another lock: %j',
  (_name, changes, notDone, atMs, expected) => {
    expect(isLater(trail(batch(changes, ...notDone)), locked(1, atMs))).toBe(expected);
  }
);

test('a difference between the clocks is taken into account', () => {
  const made = new LockHistory('run-1', RUN, 90_000);
  made.add(batch());
  expect(isLater(made, locked(1, 92_000 + 60_000))).toBe(false);
  expect(isLater(made, locked(1, 92_000 + 60_001))).toBe(true);
});

test('a user sent twice is judged by the last time', () => {
  const other = batch({ runRecordId: 'other', sentAtMs: 60_000 });
  const made = trail(batch({ sentAtMs: 70_000, answeredAtMs: 80_000 }), batch(), other);
  expect(isLater(made, locked(1, 100_000))).toBe(false);
});

test('of a user of no run nothing is said', () => {
  expect(trail(batch()).findLaterLock(locked(9, HOUR_MS))).toBeUndefined();
});

test.each<[string, Partial<BatchRecord>]>([
  ['no ids', { userIds: null }],
  ['ids that are no JSON', { userIds: '[' }],
  ['ids that are no list', { userIds: '{}' }],
  ['a broken list of the others', { notDone: 'x' }]
])('a record with %s cannot be relied on, and says so', (_name, changes) => {
  expect(() => trail(batch(changes))).toThrow(expect.objectContaining({ code: 'RECORD_FAILED' }));
});

test('a later run that was told that a user is locked already has not locked that user', () => {
  const already: NotDone = { userId: userId(1), outcome: 'already' };
  const made = trail(batch(), batch({ id: 'c', runRecordId: 'other', runId: 'run-2', sentAtMs: 3000 }, already));
  expect([1, 2].map((n) => isLater(made, locked(n)))).toEqual([false, true]);
});
