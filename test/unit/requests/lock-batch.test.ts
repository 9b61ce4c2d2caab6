import {
  assertBatchKeepsData,
  buildLockOperation,
  serializeLockBatch
} from '../../../cloudcode/lock_users/src/requests/lock-batch';
import { userId, userIds } from '../../support/user-id';

test('an operation locks one user with the literal wipe: false', () => {
  expect(serializeLockBatch([buildLockOperation(userId(1))])).toBe(
    `{"operations":[{"method":"users/lock","user_id":"${userId(1)}","wipe":false}]}`
  );
});

test.each([1, 999, 1000])('a batch of %i operations passes', (count) => {
  const body = serializeLockBatch(userIds(count).map(buildLockOperation));

  expect(() => assertBatchKeepsData(body, count)).not.toThrow();
});

test.each([0, 1001])('a batch of %i operations is not sent', (count) => {
  const body = serializeLockBatch(userIds(count).map(buildLockOperation));

  expect(() => assertBatchKeepsData(body, count)).toThrow(`a batch holds ${count} operations.`);
});

test('a batch that lost an operation is not sent', () => {
  const body = serializeLockBatch(userIds(2).map(buildLockOperation));

  expect(() => assertBatchKeepsData(body, 3)).toThrow('a batch for 3 users does not hold 3 operations.');
});

const GOOD = { method: 'users/lock', user_id: userId(1), wipe: false };
test.each<[string, unknown]>([
  ['without wipe', { method: 'users/lock', user_id: userId(1) }],
  ['with wipe: true', { ...GOOD, wipe: true }],
  ['with wipe as text', { ...GOOD, wipe: 'false' }],
  ['with wipe: null', { ...GOOD, wipe: null }],
  ['with wipe: 0', { ...GOOD, wipe: 0 }],
  ['with the mistyped key', { method: 'users/lock', user_id: userId(1), ' wipe': false }],
  ['with a key too many', { ...GOOD, Wipe: true }],
  ['with another method', { ...GOOD, method: 'users/wipe' }],
  ['without a user', { method: 'users/lock', user_id: '', wipe: false }],
  ['that is no object', 'users/lock'],
  ['that is null', null]
])('a batch with an operation %s is not sent', (_name, operation) => {
  const body = JSON.stringify({ operations: [GOOD, operation] });

  expect(() => assertBatchKeepsData(body, 2)).toThrow(
    'INVARIANT: This is a bug in lock_users: operation 1 of a batch is not a lock with "wipe": false, so it was not sent.'
  );
});
