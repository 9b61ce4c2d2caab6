import { matchResults } from '../../../cloudcode/lock_users/src/requests/match-results';
import { userId, userIds } from '../../support/user-id';

const ERROR = { type: 'OBJECT_NOT_FOUND', title: 'Object not found.', detail: 'No such user.', see: 'https://x.test' };

test.each<[string, unknown, object]>([
  ['success', { success: true }, { kind: 'done' }],
  ['success with an echo', { method: 'users/lock', user_id: userId(0), wipe: false, success: true }, { kind: 'done' }],
  ['success with error: null', { success: true, error: null }, { kind: 'done' }],
  [
    'an error',
    { success: false, error: ERROR },
    { kind: 'failed', reason: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } }
  ],
  ['an error without success', { error: ERROR }, { kind: 'failed' }],
  ['an error that is text', { error: 'no' }, { kind: 'failed', reason: { type: 'UNKNOWN', detail: 'no' } }],
  [
    'success and an error',
    { success: true, error: ERROR },
    { kind: 'unconfirmed', reason: { type: 'RESULT_UNCLEAR' } }
  ],
  ['neither', {}, { kind: 'unconfirmed', reason: { type: 'RESULT_UNCLEAR' } }],
  ['success: false alone', { success: false }, { kind: 'unconfirmed', reason: { type: 'RESULT_UNCLEAR' } }],
  ['success as text', { success: 'true' }, { kind: 'unconfirmed', reason: { type: 'RESULT_UNCLEAR' } }],
  ['success: 1', { success: 1 }, { kind: 'unconfirmed', reason: { type: 'RESULT_UNCLEAR' } }],
  ['null', null, { kind: 'unconfirmed', reason: { type: 'RESULT_MISSING' } }],
  ['text', 'ok', { kind: 'unconfirmed', reason: { type: 'RESULT_MISSING' } }],
  [
    'another user',
    { user_id: userId(9), success: true },
    { kind: 'unconfirmed', reason: { type: 'RESULT_OF_ANOTHER_USER' } }
  ]
])('a result that says %s is understood', (_name, entry, expected) => {
  expect(matchResults([userId(0)], { operations: [entry] })).toEqual([expect.objectContaining(deep(expected))]);
});

test('the echo of an id in capitals is the id', () => {
  const id = userId(0).replace('00000000', 'abcdef00');

  expect(matchResults([id], { operations: [{ user_id: id.toUpperCase(), success: true }] })).toEqual([
    { kind: 'done' }
  ]);
});

test.each<[string, unknown, string]>([
  ['no operations', {}, 'NO_RESULTS'],
  ['operations that are no list', { operations: { 0: { success: true } } }, 'NO_RESULTS'],
  ['null', null, 'NO_RESULTS'],
  ['text', 'ok', 'NO_RESULTS'],
  ['a list too short', { operations: [{ success: true }] }, 'RESULT_COUNT_DIFFERS'],
  ['a list too long', { operations: Array(3).fill({ success: true }) }, 'RESULT_COUNT_DIFFERS']
])('an answer with %s leaves every user unconfirmed', (_name, body, type) => {
  const results = matchResults(userIds(2), body);

  expect(results).toEqual(
    Array(2).fill(expect.objectContaining({ kind: 'unconfirmed', reason: expect.objectContaining({ type }) }))
  );
});

test('results belong to users by position', () => {
  const body = { operations: [{ success: true }, { success: false, error: ERROR }, null] };

  expect(matchResults(userIds(3), body).map((result) => result.kind)).toEqual(['done', 'failed', 'unconfirmed']);
});

/** The expectation with its inner object loosened as well. */
function deep(expected: object): Record<string, unknown> {
  const { reason, ...rest } = expected as { reason?: object };
  return { ...rest, ...(reason && { reason: expect.objectContaining(reason) }) };
}
