import { backendError, classifyResponse } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { InvariantError, LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { decideRetry } from '../../../cloudcode/lock_users/src/requests/retry-rules';
import type { Decision } from '../../../cloudcode/lock_users/src/requests/retry-rules';

const answered = (status: number, retryAfterMs?: number): LockUsersError =>
  classifyResponse('POST batch.json', status, undefined, retryAfterMs);
const aboutUser = (status: number, type?: string): LockUsersError =>
  classifyResponse('POST users/x/unlock', status, { type }, undefined, 'user');
const TIMEOUT = backendError('BACKEND_UNREACHABLE', 'Too late.', { network: 'timeout' });
const DROPPED = backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' });
const TOO_LARGE = backendError('BACKEND_PROTOCOL', 'More than 32 MB.', { network: 'too large' });
const UNREACHABLE = backendError('BACKEND_UNREACHABLE', 'Refused.', { network: 'unreachable' });
const GARBLED = backendError('BACKEND_PROTOCOL', 'No JSON.');
const database = (facts: object): LockUsersError =>
  new LockUsersError({ code: 'DATABASE_READ_FAILED', message: 'x', nextStep: 'y', ...facts });

const retry = (waitMs: number): Decision => ({ kind: 'retry', waitMs, pausesRun: false });
const pause = (waitMs: number): Decision => ({ kind: 'retry', waitMs, pausesRun: true });
const halve = (waitMs: number, fresh: boolean): Decision => ({ kind: 'split', waitMs, fresh });
const STOP: Decision = { kind: 'stop' };
const GIVE_UP: Decision = { kind: 'give up' };

test.each<[string, LockUsersError, number, number, Decision]>([
  ['401', answered(401), 1000, 1, STOP],
  ['a wrong address', answered(404), 0, 1, STOP],
  ['a bug', new InvariantError('x'), 1000, 1, STOP],
  ['429', answered(429), 1000, 1, pause(1125)],
  ['429 for the hundredth time', answered(429), 0, 100, pause(1125)],
  ['429 with a long Retry-After', answered(429, 90_000), 1000, 1, pause(90_000)],
  ['429 with a short one', answered(429, 249), 1000, 1, pause(249)],
  ['429 of DB', database({ status: 429 }), 0, 1, pause(1125)],
  ['a refused batch', answered(400), 1000, 1, halve(0, true)],
  ['a batch that is too large', answered(413), 2, 6, halve(0, true)],
  ['a refused operation', answered(422), 1, 1, { kind: 'refused' }],
  ['a refused read', answered(400), 0, 1, GIVE_UP],
  ['a user who is not there', aboutUser(404, 'OBJECT_NOT_FOUND'), 1, 1, { kind: 'refused' }],
  ['404 without a type about a user', aboutUser(404), 1, 1, { kind: 'refused' }],
  ['a wrong address in a request about a user', aboutUser(404, 'ROUTE_ERROR'), 1, 1, STOP],
  ['an unknown deployment in a request about a user', aboutUser(404, 'ACCOUNT_NOT_FOUND'), 1, 1, STOP],
  ['a time-out of a batch', TIMEOUT, 1000, 1, halve(500, false)],
  ['a batch whose answer is too large', TOO_LARGE, 1000, 1, halve(500, false)],
  ['an answer about one operation that is too large', TOO_LARGE, 1, 6, GIVE_UP],
  ['502 for a batch', answered(502), 1000, 2, halve(1000, false)],
  ['504 for a batch', answered(504), 1000, 3, halve(2000, false)],
  ['a time-out of one operation', TIMEOUT, 1, 1, retry(500)],
  ['a time-out of a read', TIMEOUT, 0, 1, retry(500)],
  ['500', answered(500), 1000, 1, retry(500)],
  ['503', answered(503), 1000, 2, retry(1000)],
  ['a dropped connection', DROPPED, 1000, 1, retry(500)],
  ['a connection that is dropped a second time', DROPPED, 1000, 2, halve(500, false)],
  ['a dropped connection of one operation', DROPPED, 1, 5, retry(8000)],
  ['a refused connection', UNREACHABLE, 1000, 5, retry(8000)],
  ['408', answered(408), 1000, 1, retry(500)],
  ['425 about a user', aboutUser(425), 1, 1, retry(500)],
  ['501 of a read', answered(501), 0, 1, retry(500)],
  ['599 about a user', aboutUser(599), 1, 1, retry(500)],
  ['408 of DB', database({ status: 408 }), 0, 1, retry(500)],
  ['503 with Retry-After', answered(503, 60_000), 1000, 1, retry(60_000)],
  ['503 with Retry-After for the hundredth time', answered(503, 5000), 1000, 100, retry(15_000)],
  ['500 with a Retry-After that is shorter than our own wait', answered(500, 200), 1, 1, retry(500)],
  ['409 with Retry-After', answered(409, 3000), 1, 1, retry(3000)],
  ['a batch that is too large just now', answered(413, 2000), 2, 1, halve(2000, true)],
  ['429 that asks for two hours', answered(429, 7_200_000), 0, 1, pause(3_600_000)],
  ['503 that asks for two hours', answered(503, 7_200_000), 0, 1, retry(3_600_000)],
  ['200 without JSON', GARBLED, 1000, 1, retry(500)],
  ['503 of DB', database({ status: 503 }), 0, 1, retry(500)],
  ['an unreadable answer to DB', database({ network: 'garbled' }), 0, 1, retry(500)],
  ['400 of DB', database({ status: 400 }), 0, 1, GIVE_UP],
  ['an error of DB that says nothing', database({}), 0, 1, GIVE_UP],
  ['another status', answered(409), 1000, 1, GIVE_UP],
  ['the sixth 503', answered(503), 1000, 6, GIVE_UP],
  ['the sixth time-out', TIMEOUT, 1000, 6, GIVE_UP]
])('%s (%p) with %i operations, attempt %i: %j', (_name, error, operations, attempt, expected) => {
  expect(decideRetry({ error: error.details, operations, attempt }, () => 0.5)).toEqual(expected);
});

test.each<[string, LockUsersError, Decision]>([
  ['503', answered(503), retry(15_000)],
  ['a time-out', TIMEOUT, retry(15_000)],
  ['a refused connection', UNREACHABLE, retry(15_000)],
  ['503 of DB', database({ status: 503 }), retry(15_000)],
  ['200 without JSON', GARBLED, GIVE_UP],
  ['an error of DB that says nothing', database({}), GIVE_UP]
])('of a read that the run cannot do without, %s is waited for as long as there is time', (_name, error, expected) => {
  expect(decideRetry({ error: error.details, operations: 0, attempt: 50, isPatient: true }, () => 0.5)).toEqual(
    expected
  );
});

test('a page whose connection is dropped twice is asked for in smaller pages', () => {
  const failed = { error: DROPPED.details, operations: 0, pageSize: 1000, isPatient: true };

  expect(decideRetry({ ...failed, attempt: 1 }, () => 0.5)).toEqual(retry(500));
  expect(decideRetry({ ...failed, attempt: 2 }, () => 0.5)).toEqual(halve(500, false));
});

test('where nobody has ever answered, a refused connection is tried four times, or for four seconds', () => {
  const failed = { error: UNREACHABLE.details, operations: 0, isPatient: false };

  expect(decideRetry({ ...failed, attempt: 3, unansweredMs: 3999 }, () => 0.5)).toEqual(retry(2000));
  expect(decideRetry({ ...failed, attempt: 4, unansweredMs: 3999 }, () => 0.5)).toEqual(GIVE_UP);
  expect(decideRetry({ ...failed, attempt: 1, unansweredMs: 4000 }, () => 0.5)).toEqual(GIVE_UP);
  expect(decideRetry({ ...failed, attempt: 4 }, () => 0.5)).toEqual(retry(4000));
});

test('the backoff has full jitter, and its cap is 20 s', () => {
  const wait = (random: number, attempt: number): unknown =>
    decideRetry({ error: DROPPED.details, operations: 0, attempt }, () => random);

  expect([wait(0, 1), wait(1, 1), wait(1, 5)]).toEqual([retry(0), retry(1000), retry(16_000)]);
});
