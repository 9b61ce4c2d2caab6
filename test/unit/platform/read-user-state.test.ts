import { inspect } from 'node:util';
import { readUserState } from '../../../cloudcode/lock_users/src/platform/read-user-state';
import { userId } from '../../support/user-id';

// Eight pages may be held at once, each of 32 MB of JSON.
test('of a user and a session nothing is kept that a run does not use, whatever else is shown of them', () => {
  const session = { id: 's1', state: 'LOCKED', signed_out_at: '2026-11-26T10:00:00Z', log: ['kept by nobody'] };
  const user = readUserState({ id: userId(1), locked: true, sessions: [session], display: 'kept by nobody' });

  expect(user?.sessions.map(({ signedOutAtMs }) => signedOutAtMs)).toEqual([Date.UTC(2026, 10, 26, 10)]);
  expect(inspect(user, { depth: 9, showHidden: true })).not.toContain('kept by nobody');
});

test.each([[null], [5], [{ at: 1 }], [['2026-11-26T10:00:00Z']], ['soon']])('%j is no time', (value) => {
  const times = { signed_out_at: value, last_authenticated_at: value, last_connected_at: value };
  const [session] = readUserState({ id: userId(1), sessions: [{ id: 's1', ...times }] })?.sessions ?? [];

  expect(session).toMatchObject({ signedOutAtMs: null, authenticatedAtMs: null, lastConnectedAtMs: null });
});

test.each<[string, object, boolean]>([
  ['has a session that is signed in', { sessions: [{ state: 'LOCKED' }, { state: 'ENROLLED' }] }, true],
  ['has none', { sessions: [{ state: 'LOCKED' }, null] }, false],
  ['has no sessions', { sessions: [] }, false],
  ['says nothing of sessions', {}, true],
  ['says nothing that can be read of them', { sessions: 'none' }, true],
  ['says itself that it is not', { enrolled: false, sessions: [{ state: 'ENROLLED' }] }, false],
  ['says so in words', { enrolled: 'no', sessions: [{ state: 'ENROLLED' }] }, true]
])('a user who %s: %j, is in the app: %p', (_what, shown, enrolled) => {
  expect(readUserState({ id: userId(1), ...shown })?.enrolled).toBe(enrolled);
});
