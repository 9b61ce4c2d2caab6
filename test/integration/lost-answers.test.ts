import { backendError } from '../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform } from '../support/fake-ports';
import { runOnFake } from '../support/run-on-fake';
import { userId, userIds } from '../support/user-id';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  // Users 0 to 3 are in the app, user 0 on two devices; user 3 has been signed out on another one.
  for (const n of [0, 1, 2, 3]) platform.changeSession(userId(n), `s${n}`, { authenticatedAtMs: 500 });
  platform.changeSession(userId(0), 'tablet', { authenticatedAtMs: 500 });
  platform.changeSession(userId(3), 'old', { state: 'LOCKED', signedOutAtMs: 600 });
});

const SIGN_OUT = { action: 'reauthenticate' };

test('one user with 5 000 sessions makes progress in every invocation, and all of them are signed out', async () => {
  platform = new FakePlatform([userId(0)]);
  const sessions = Array.from({ length: 5000 }, (_, n) => ({
    sessionId: `s${n}`,
    state: 'ENROLLED',
    signedOutAtMs: null,
    authenticatedAtMs: 500
  }));
  platform.sessions.set(userId(0), sessions);
  platform.answerReauthenticate = (_id, sessionId) => {
    const index = Number(sessionId.slice(1));
    platform.clock.now += 500;
    const { now: signedOutAtMs } = platform.clock;
    sessions[index] = Object.assign({}, sessions[index], { state: 'LOCKED', signedOutAtMs });
    platform.sessions.set(userId(0), sessions);
  };

  const reports = [await runOnFake(platform, SIGN_OUT, {})];
  for (let order = platform.scheduled.shift(); order !== undefined; order = platform.scheduled.shift()) {
    reports.push(await runOnFake(platform, order.parameters, {}));
  }

  const ways = reports.map(({ status }) => status);
  expect(ways).toEqual([...Array<string>(reports.length - 1).fill('continues'), 'done']);
  expect(reports.length).toBeLessThan(15);
  expect(reports.at(-1)).toMatchObject({ counts: { reauthenticated: 1 } });
  for (const { sessions: counted } of reports) expect(counted?.signedOut).toBeGreaterThan(0);
  expect(platform.singles).toHaveLength(5000);
});

test('a platform that only says that it signs out ends a run of many sessions stalled', async () => {
  for (let n = 0; n < 100; n++) platform.changeSession(userId(0), `more-${n}`, { authenticatedAtMs: 500 });
  platform.answerReauthenticate = () => void (platform.clock.now += 1000);

  const reports = [await runOnFake(platform, { ...SIGN_OUT, userIds: [userId(0)] }, { budgetMs: 5000 })];
  for (let order = platform.scheduled.shift(); order !== undefined; order = platform.scheduled.shift()) {
    platform.clock.now += order.afterMs;
    reports.push(await runOnFake(platform, order.parameters, { budgetMs: 5000 }));
  }

  expect(reports.map(({ status }) => status)).toEqual(['continues', 'continues', 'stalled']);
});

test.each([
  ['503', backendError('BACKEND_UNAVAILABLE', 'Not now.', { status: 503 })],
  ['a dropped connection', backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' })]
])('who signs in again while the answer is lost is not thrown out by a retry: %s', async (_name, lost) => {
  platform.answerReauthenticate = (id, session) => {
    platform.clock.now += 2000;
    const { now } = platform.clock;
    platform.changeSession(id, session, { signedOutAtMs: now, authenticatedAtMs: now });
    throw lost;
  };

  const report = await runOnFake(platform, { ...SIGN_OUT, verify: false });

  expect(report).toMatchObject({ status: 'done', counts: { reauthenticated: 4 }, sessions: { signedOut: 5 } });
  expect(platform.singles).toHaveLength(5);
});

test('a sign-out that was not carried out is sent again', async () => {
  const signOut = platform.answerReauthenticate;
  let failed = 0;
  platform.answerReauthenticate = (id, session) => {
    if (failed++ < 5) throw backendError('BACKEND_UNAVAILABLE', 'Not now.', { status: 503 });
    return signOut(id, session);
  };

  expect(await runOnFake(platform, { ...SIGN_OUT, verify: false })).toMatchObject({ status: 'done' });
  expect(platform.singles).toHaveLength(10);
});

test('where nobody can look, a sign-out whose answer was lost is left to the verification', async () => {
  platform.readUserState = () =>
    Promise.reject(backendError('BACKEND_REJECTED', 'GET users/<id> was answered with status 404.', { status: 404 }));
  platform.answerReauthenticate = (id, session) => {
    const { now } = platform.clock;
    platform.changeSession(id, session, { signedOutAtMs: now, authenticatedAtMs: now });
    throw backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' });
  };

  expect(await runOnFake(platform, SIGN_OUT)).toMatchObject({ status: 'done', counts: { reauthenticated: 4 } });
  expect(platform.singles).toHaveLength(5);
});

test('an undo looks before it repeats an unlock whose answer was lost', async () => {
  await runOnFake(platform, { runId: 'locked-all' });
  platform.answerUnlock = (id) => {
    platform.locked.delete(id);
    throw backendError('BACKEND_UNREACHABLE', 'Dropped.', { network: 'connection' });
  };

  const report = await runOnFake(platform, { runId: 'undo-it', undo: 'locked-all' });

  expect(report).toMatchObject({ status: 'done', counts: { unlocked: 5 } });
  expect(platform.singles).toHaveLength(5);
});
