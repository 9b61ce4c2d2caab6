import { continueRun, isContinuation } from '../../../cloudcode/lock_users/src/run/Continuation';
import type { Continuation } from '../../../cloudcode/lock_users/src/run/Continuation';

const BUCKET = { tokens: 3.5, rate: 16, atMs: 5000 };

function next(previous: Continuation | undefined, already: number, done: number): Continuation | undefined {
  return continueRun({ runId: 'run-1', startedAtMs: 7000 }, previous, {
    already,
    done,
    unconfirmed: 0,
    isComplete: true,
    isWaiting: false,
    doneEarlier: previous?.done ?? 0,
    resetBefore: 2,
    bucket: BUCKET
  });
}

test('the second invocation is handed what the first has done, and no users', () => {
  const continuation = next(undefined, 10, 90);

  expect(continuation).toEqual({
    runId: 'run-1',
    invocation: 2,
    startedAtMs: 7000,
    idleInvocations: 0,
    doneSeen: 100,
    done: 90,
    unconfirmed: 0,
    alreadyBefore: 10,
    resetSessions: 2,
    bucket: BUCKET
  });
  expect(isContinuation(JSON.parse(JSON.stringify(continuation)))).toBe(true);
});

test('the third one is handed what both have done', () => {
  expect(next(next(undefined, 10, 90), 100, 50)).toMatchObject({ invocation: 3, done: 140, doneSeen: 150 });
});

test('two invocations in a row that change nobody end the run', () => {
  const second = next(undefined, 10, 0);

  expect(second).toMatchObject({ invocation: 2, idleInvocations: 1 });
  expect(next(second, 10, 0)).toBeUndefined();
  expect(next(next(second, 10, 5), 15, 0)).toMatchObject({ invocation: 4, idleInvocations: 1 });
});

test('users who were changed without an answer count as progress one invocation later', () => {
  expect(next(next(undefined, 10, 0), 11, 0)).toMatchObject({ idleInvocations: 0 });
});

test('sessions that were signed out count as progress, by what the next invocation finds', () => {
  const go = (previous: Continuation | undefined, planned: number, signedOut: number): Continuation | undefined =>
    continueRun({ runId: 'run-1', startedAtMs: 7000 }, previous, {
      already: 0,
      done: 0,
      resetBefore: 0,
      unconfirmed: 1,
      doneEarlier: 0,
      isComplete: true,
      isWaiting: false,
      sessions: { planned, signedOut },
      bucket: BUCKET
    });
  const second = go(undefined, 5000, 300);

  expect(second).toMatchObject({ idleInvocations: 0, sessionsDue: 5000 });
  expect(isContinuation(JSON.parse(JSON.stringify(second)))).toBe(true);
  expect(go(second, 4700, 300)).toMatchObject({ idleInvocations: 0, sessionsDue: 4700 });
  // A platform that only says so.
  const idle = go(second, 5000, 300);
  expect(idle).toMatchObject({ idleInvocations: 1 });
  expect(go(idle, 5000, 300)).toBeUndefined();
});

test.each([-1, 1.5, '7', null])('sessionsDue: %j is no continuation', (sessionsDue) => {
  expect(isContinuation({ ...next(undefined, 10, 90), sessionsDue })).toBe(false);
});

test('the thousandth invocation is the last', () => {
  let continuation = next(undefined, 0, 1);
  for (let invocation = 2; invocation < 1000; invocation++) continuation = next(continuation, 0, 1);

  expect(continuation).toMatchObject({ invocation: 1000 });
  expect(next(continuation, 0, 1)).toBeUndefined();
});

test('an invocation that waits before it sends again gets one more after it, and no other', () => {
  const go = (previous: Continuation | undefined, isWaiting: boolean): Continuation | undefined =>
    continueRun({ runId: 'run-1', startedAtMs: 7000 }, previous, {
      already: 0,
      done: 0,
      unconfirmed: 4,
      doneEarlier: 0,
      isComplete: true,
      isWaiting,
      resetBefore: 0,
      sessions: undefined,
      bucket: BUCKET
    });
  const waiting = go(go(undefined, false), true);

  expect(waiting).toMatchObject({ invocation: 3 });
  expect(go(waiting, true)).toBeUndefined();
  expect(go(waiting, false)).toBeUndefined();
});
