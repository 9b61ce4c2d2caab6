import { SessionLedger } from '../../../cloudcode/lock_users/src/users/SessionLedger';
import type { SessionState, UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { userId } from '../../support/user-id';

/** When the run began: 10.5 seconds past. */
const SINCE_MS = 10_500;

function user(...sessions: Partial<SessionState>[]): UserState {
  const defaults = { state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
  return {
    userId: userId(1),
    locked: false,
    enrolled: true,
    sessions: sessions.map((session, index) => ({ sessionId: `s${index}`, ...defaults, ...session }))
  };
}

test('a session that says it was signed in at a time to come is to be signed out', () => {
  const ledger = new SessionLedger(SINCE_MS, 400_000);

  expect(ledger.see(user({ authenticatedAtMs: 400_001 }))).toBe(false);
  expect(new SessionLedger(SINCE_MS, 400_000).see(user({ authenticatedAtMs: 400_000 }))).toBe(true);
});

test.each<[string, Partial<SessionState>, boolean]>([
  ['in the app', {}, true],
  ['in the app since before the run', { authenticatedAtMs: 9000 }, true],
  ['in the app since the very moment', { authenticatedAtMs: SINCE_MS }, true],
  ['in the app since later', { authenticatedAtMs: 11_000 }, false],
  ['in the app again, and signed out before the run', { signedOutAtMs: 9000, authenticatedAtMs: 10_000 }, true],
  ['in the app again, and signed out since', { signedOutAtMs: 11_000, authenticatedAtMs: 11_000 }, false],
  [
    'in the app again, within the second of the run’s start',
    { signedOutAtMs: 10_000, authenticatedAtMs: 10_000 },
    false
  ],
  ['signed out', { state: 'LOCKED' }, false],
  ['to be wiped', { state: 'RESET' }, false],
  ['never in the app', { state: 'NEVER_ENROLLED' }, false]
])('a session that is %s (%j) is to be signed out: %j', (_name, session, isDue) => {
  const ledger = new SessionLedger(SINCE_MS);

  expect(ledger.see({ ...user(session), enrolled: session.state === undefined })).toBe(!isDue);
  expect(ledger.dueOf(userId(1))).toEqual(isDue ? ['s0'] : []);
});

test('sessions are counted of planned users alone, and each once', () => {
  const ledger = new SessionLedger(SINCE_MS);
  ledger.see(user({}, { state: 'LOCKED' }, {}));
  ledger.see({ ...user({}), userId: userId(2) });
  const isPlanned = (id: string): boolean => id === userId(1);
  expect(ledger.count(isPlanned)).toEqual({ planned: 2, signedOut: 0 });
  expect(ledger.dueOf(userId(1))).toEqual(['s0', 's2']);

  ledger.signedOut(userId(1), 's0');
  ledger.signedOut(userId(1), 's0');
  expect(ledger.count(isPlanned)).toEqual({ planned: 2, signedOut: 1 });

  ledger.see(user({}, {}, {}));
  expect(ledger.count(isPlanned)).toEqual({ planned: 2, signedOut: 0 });
  expect(ledger.see(user({ state: 'LOCKED' }))).toBe(true);
  expect(ledger.count(isPlanned)).toEqual({ planned: 2, signedOut: 2 });
  expect(ledger.dueOf(userId(1))).toEqual([]);
});

test.each<[string, Partial<SessionState>]>([
  ['signed out and in again', { signedOutAtMs: 10_000, authenticatedAtMs: 9000 }],
  ['signed in again', { authenticatedAtMs: 9001 }],
  ['signed out', { state: 'LOCKED' }]
])('a session that was %s since it was first shown is done, whatever the clocks say', (_name, now) => {
  const ledger = new SessionLedger(SINCE_MS);
  expect(ledger.see(user({ authenticatedAtMs: 9000 }))).toBe(false);

  expect(ledger.see(user({ authenticatedAtMs: 9000, ...now }))).toBe(true);
});

test('a user who is in the app by no session that is shown is not done', () => {
  expect(new SessionLedger(SINCE_MS).see(user())).toBe(false);
  expect(new SessionLedger(SINCE_MS).see({ ...user(), enrolled: false })).toBe(true);
});

test('a user who is shown in the app and without sessions is not done', () => {
  const ledger = new SessionLedger(5000);
  ledger.see(user({}));

  expect(ledger.see(user())).toBe(false);
  expect(ledger.dueOf(userId(1))).toHaveLength(1);
});
