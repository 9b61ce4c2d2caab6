import type { SessionState } from '../../../cloudcode/lock_users/src/users/UserState';
import { WhoIsOut } from '../../../cloudcode/lock_users/src/users/WhoIsOut';
import { userId, userIds } from '../../support/user-id';

const LOCKED_AT_MS = 1_000_000;
const BEFORE_MS = LOCKED_AT_MS - 1000;
const AFTER_MS = LOCKED_AT_MS + 1000;

const session = (state: string, lastConnectedAtMs: number | null, signedOutAtMs: number | null = LOCKED_AT_MS) =>
  ({ sessionId: 's', state, signedOutAtMs, authenticatedAtMs: null, lastConnectedAtMs }) satisfies SessionState;

const withoutTime: SessionState = {
  sessionId: 's',
  state: 'LOCKED',
  signedOutAtMs: LOCKED_AT_MS,
  authenticatedAtMs: null
};

/** Where a user is with these sessions. */
function locate(locked: boolean | null, sessions: readonly SessionState[], enrolled = false) {
  const whoIsOut = new WhoIsOut();
  whoIsOut.see({ userId: userId(1), locked, enrolled, sessions });
  return whoIsOut.locate([userId(1)], 1).users[0];
}

test.each<[string, readonly SessionState[], string, number | null]>([
  ['whose device was seen after it was signed out', [session('LOCKED', AFTER_MS)], 'signedOut', AFTER_MS],
  ['whose device is to wipe, and was seen since', [session('RESET', AFTER_MS)], 'signedOut', AFTER_MS],
  ['who was never on a device', [], 'signedOut', null],
  ['who has only an invitation', [session('NEVER_ENROLLED', null, null)], 'signedOut', null],
  ['whose device was seen before only', [session('LOCKED', BEFORE_MS)], 'notSeenSince', BEFORE_MS],
  ['whose device was seen in the same second', [session('LOCKED', LOCKED_AT_MS)], 'notSeenSince', LOCKED_AT_MS],
  ['whose device is still signed in', [session('ENROLLED', AFTER_MS, null)], 'notSeenSince', AFTER_MS],
  [
    'one of whose devices was not seen since',
    [session('LOCKED', AFTER_MS), session('LOCKED', BEFORE_MS)],
    'notSeenSince',
    BEFORE_MS
  ],
  ['of whose device nothing says when it was seen', [session('LOCKED', null)], 'unknown', null],
  ['of whose device the time is missing', [withoutTime], 'unknown', null],
  ['of whose device nothing says when it was signed out', [session('LOCKED', AFTER_MS, null)], 'unknown', AFTER_MS],
  ['whose session is in no state that is known', [session('', AFTER_MS)], 'unknown', AFTER_MS]
])('a locked user %s', (_case, sessions, state, lastConnectedAtMs) => {
  expect(locate(true, sessions)).toMatchObject({ state, lastConnectedAtMs });
});

test('a locked user who is in the app by the users API, and has no session there, may be anywhere', () => {
  expect(locate(true, [], true)).toMatchObject({ state: 'unknown' });
});

test('a user who is not locked is unlocked, whatever their devices show; without a lock state nothing is known', () => {
  expect(locate(false, [session('LOCKED', BEFORE_MS)])).toMatchObject({ state: 'unlocked', isIn: false });
  expect(locate(false, [session('ENROLLED', AFTER_MS)], true)).toMatchObject({ state: 'unlocked', isIn: true });
  expect(locate(null, [session('LOCKED', AFTER_MS)])).toMatchObject({ state: 'unknown' });
});

test('many users are counted, those who may be in are named first, and whoever was not shown is unknown', () => {
  const whoIsOut = new WhoIsOut();
  for (const [n, id] of userIds(3000).entries()) {
    const state = n % 3 === 0 ? session('LOCKED', AFTER_MS) : session('LOCKED', BEFORE_MS - n);
    whoIsOut.see({ userId: id, locked: n !== 2999, enrolled: false, sessions: [state] });
  }

  const { counts, users } = whoIsOut.locate(userIds(3001), 4);

  expect(counts).toEqual({ signedOut: 1000, notSeenSince: 1999, unlocked: 1, unknown: 1 });
  expect(users.map(({ state }) => state)).toEqual(Array(4).fill('notSeenSince'));
});
