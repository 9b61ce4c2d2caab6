import { Ledger } from '../../../cloudcode/lock_users/src/core/Ledger';
import { userId, userIds } from '../../support/user-id';

const REASON = { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' };
const LOCKED = { kind: 'locked' } as const;
const FAILED = { kind: 'failed', reason: REASON } as const;
const DOUBTFUL = { kind: 'doubtful', reason: REASON } as const;

test('a planned user about whom nothing was written is not attempted', () => {
  expect(new Ledger(userIds(2)).countOutcomes()).toEqual({ locked: 0, failed: 0, unconfirmed: 0, notAttempted: 2 });
});

test('users who failed and users in doubt are listed with the reason, in the order of the plan', () => {
  const ledger = new Ledger(userIds(3));

  ledger.settle(userId(2), DOUBTFUL);
  ledger.settle(userId(0), FAILED);
  ledger.settle(userId(1), LOCKED);

  expect(ledger.countOutcomes()).toEqual({ locked: 1, failed: 1, unconfirmed: 1, notAttempted: 0 });
  expect(ledger.listFailures()).toEqual([
    { userId: userId(0), outcome: 'failed', ...REASON },
    { userId: userId(2), outcome: 'unconfirmed', ...REASON }
  ]);
});

test.each([
  ['locked', LOCKED, true, 'locked', undefined],
  ['locked', LOCKED, false, 'failed', 'NOT_LOCKED'],
  ['locked', LOCKED, undefined, 'unconfirmed', 'NOT_SHOWN'],
  ['failed', FAILED, true, 'locked', undefined],
  ['failed', FAILED, false, 'failed', 'OBJECT_NOT_FOUND'],
  ['failed', FAILED, undefined, 'failed', 'OBJECT_NOT_FOUND'],
  ['in doubt', DOUBTFUL, true, 'locked', undefined],
  ['in doubt', DOUBTFUL, false, 'failed', 'OBJECT_NOT_FOUND'],
  ['in doubt', DOUBTFUL, undefined, 'unconfirmed', 'OBJECT_NOT_FOUND']
])('a user who was %s (%j) and is then shown as locked: %j ends as %s', (_name, result, shown, outcome, type) => {
  const ledger = new Ledger([userId(0)]);
  ledger.settle(userId(0), result);

  ledger.verify(new Map(shown === undefined ? [] : [[userId(0), shown]]));

  expect(ledger.countOutcomes()).toMatchObject({ [outcome]: 1 });
  expect(ledger.listFailures().map((failure) => failure.type)).toEqual(type === undefined ? [] : [type]);
});

test('a user who was not sent stays not attempted, whatever the users API shows', () => {
  const ledger = new Ledger([userId(0)]);

  ledger.verify(new Map([[userId(0), true]]));

  expect(ledger.countOutcomes().notAttempted).toBe(1);
});

test('a user can be planned once, settled once, and only if planned', () => {
  const ledger = new Ledger([userId(0)]);
  ledger.settle(userId(0), LOCKED);

  expect(() => ledger.settle(userId(0), LOCKED)).toThrow('settled twice');
  expect(() => ledger.settle(userId(1), LOCKED)).toThrow('sent and not planned');
  expect(() => new Ledger([userId(0), userId(0)])).toThrow('planned twice');
});
