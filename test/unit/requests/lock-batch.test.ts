import fc from 'fast-check';
import {
  assertBatchKeepsData,
  buildLockOperation,
  buildUnlockOperation,
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

test.each([1, 3])('a batch of 2 operations for %i users is not sent', (count) => {
  const body = serializeLockBatch(userIds(2).map(buildLockOperation));

  expect(() => assertBatchKeepsData(body, count)).toThrow(
    `a batch for ${count} users does not hold ${count} operations.`
  );
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

const LOCK = `{"method":"users/lock","user_id":"${userId(1)}","wipe":false}`;
const UNLOCK = `{"method":"users/unlock","user_id":"${userId(1)}"}`;
test.each([
  ['with wipe twice', `{"operations":[{"method":"users/lock","user_id":"${userId(1)}","wipe":true,"wipe":false}]}`],
  ['with a user twice', `{"operations":[{"method":"users/lock","user_id":"a","user_id":"b","wipe":false}]}`],
  ['with operations twice', `{"operations":[${LOCK}],"operations":[{}]}`],
  ['with something before its operations', `{"wipe":true,"operations":[${LOCK}]}`],
  ['with something after its operations', `{"operations":[${LOCK}],"wipe":true}`],
  ['that ends early', `{"operations":[${LOCK}`],
  ['that ends late', `{"operations":[${LOCK},]}`],
  ['that is cut after a comma', `{"operations":[${LOCK},`],
  ['with an unlock that wipes', `{"operations":[{"method":"users/unlock","user_id":"a","wipe":true}]}`]
])('a batch %s is not sent', (_name, body) => {
  expect(() => assertBatchKeepsData(body, 1)).toThrow('INVARIANT');
});

test.each([
  ['locks, and then unlocks,', LOCK, UNLOCK, 'operation 1 of a batch is not a lock with "wipe": false'],
  ['unlocks, and then locks,', UNLOCK, LOCK, 'operation 1 of a batch is not an unlock as the first one is']
])('a batch that %s is not sent', (_name, first, second, message) => {
  expect(() => assertBatchKeepsData(`{"operations":[${first},${second}]}`, 2)).toThrow(message);
});

test('a batch of whatever ids passes, locks and unlocks', () => {
  const unit = fc.constantFrom('a', '"', '\\', '/', '{', ',', '\n', '\u0000', '\u2028', '\ud800', 'é', '日', '😀');
  fc.assert(
    fc.property(fc.array(fc.string({ unit, minLength: 1 }), { minLength: 1, maxLength: 20 }), (ids) => {
      assertBatchKeepsData(serializeLockBatch(ids.map((id) => buildLockOperation(id))), ids.length);
      assertBatchKeepsData(serializeLockBatch(ids.map((id) => buildUnlockOperation(id))), ids.length);
    })
  );
});

test.each([LOCK, UNLOCK])('of %s twice, no part is sent, however it is cut', (operation) => {
  const body = `{"operations":[${operation},${operation}]}`;
  for (let length = 0; length < body.length; length++) {
    for (const count of [1, 2]) expect(() => assertBatchKeepsData(body.slice(0, length), count)).toThrow('INVARIANT');
  }
});

test('a batch with a letter changed, added or lost is not sent, or locks its users and wipes nothing', () => {
  const body = serializeLockBatch(['a', 'b"\\\u0001'].map(buildLockOperation));
  const place = fc.nat({ max: body.length });
  const letter = fc.constantFrom(...new Set(`${body}tru \n`));
  fc.assert(
    fc.property(place, fc.nat({ max: 1 }), fc.oneof(letter, fc.constant('')), (at, lost, added) => {
      const changed = `${body.slice(0, at)}${added}${body.slice(at + lost)}`;
      try {
        assertBatchKeepsData(changed, 2);
      } catch {
        return;
      }
      expect(JSON.parse(changed)).toEqual({
        operations: Array(2).fill({ method: 'users/lock', user_id: expect.stringMatching(/./) as string, wipe: false })
      });
    }),
    { numRuns: 2000 }
  );
});
