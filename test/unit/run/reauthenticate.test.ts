import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  // Users 0 to 3 are in the app, user 0 on two devices; user 3 has been signed out on another one.
  for (const n of [0, 1, 2, 3]) platform.changeSession(userId(n), `s${n}`, { authenticatedAtMs: 500 });
  platform.changeSession(userId(0), 'tablet', { authenticatedAtMs: 500 });
  platform.changeSession(userId(3), 'old', { state: 'LOCKED', signedOutAtMs: 600 });
});

const SIGN_OUT = { action: 'reauthenticate' };
const isIn = (n: number): boolean =>
  platform.sessions.get(userId(n))?.some(({ state }) => state === 'ENROLLED') === true;

test('every session that is in the app is signed out, nobody is locked, and sessions are counted', async () => {
  const report = await runOnFake(platform, SIGN_OUT);

  expect(report).toMatchObject({
    action: 'reauthenticate',
    status: 'done',
    verified: true,
    sessions: { planned: 5, signedOut: 5 },
    requests: { single: 5, batch: 0 }
  });
  expect(report.counts).toEqual({
    selected: 5,
    protected: 0,
    excluded: 0,
    alreadySignedOut: 1,
    planned: 4,
    reauthenticated: 4,
    failed: 0,
    unconfirmed: 0,
    notAttempted: 0
  });
  expect([0, 1, 2, 3].some(isIn)).toBe(false);
  expect(platform.locked.size).toBe(0);
  expect(platform.singles).not.toContain(`re-authenticate old of ${userId(3)}`);
});

test('protected and excluded users stay in the app, and their sessions are in no count', async () => {
  const report = await runOnFake(platform, { ...SIGN_OUT, excludeUserIds: [userId(1)] }, { protectedIds: [userId(0)] });

  expect(report).toMatchObject({ counts: { protected: 1, excluded: 1, reauthenticated: 2 }, sessions: { planned: 2 } });
  expect([0, 1, 2, 3].map(isIn)).toEqual([true, true, false, false]);
});

test('a dry run says how many sessions it would sign out', async () => {
  const log = new RecordingLog();
  const report = await runOnFake(platform, { ...SIGN_OUT, dryRun: true }, {}, log);

  expect(report).toMatchObject({ status: 'planned', sessions: { planned: 5, signedOut: 0 } });
  expect(log.lines).toContain(
    'Plan: 4 users (5 sessions) would be signed out, the data on their devices kept. Dry run: nothing is sent.'
  );
  expect(platform.singles).toEqual([]);
});

test('who signs in again while the run goes on is not signed out a second time', async () => {
  platform.answerReauthenticate = (id, session) => {
    platform.clock.now += 2000;
    const { now } = platform.clock;
    platform.changeSession(id, session, { state: 'ENROLLED', signedOutAtMs: now, authenticatedAtMs: now });
  };

  expect(await runOnFake(platform, SIGN_OUT)).toMatchObject({ status: 'done', counts: { reauthenticated: 4 } });
  expect(platform.singles).toHaveLength(5);
});

test('nor by the next invocation of the same run, with a record or without one', async () => {
  for (const records of [platform.records, undefined]) {
    platform.records = records;
    platform.singles.length = 0;
    for (const n of [0, 1, 2, 3]) {
      for (const { sessionId } of platform.sessions.get(userId(n)) ?? []) {
        if (sessionId !== 'old')
          platform.changeSession(userId(n), sessionId, { state: 'ENROLLED', signedOutAtMs: null });
      }
    }
    platform.clock.now += 10_000;
    platform.answerReauthenticate = (id, session) => {
      platform.clock.now += 1000;
      const { now } = platform.clock;
      platform.changeSession(id, session, { state: 'ENROLLED', signedOutAtMs: now, authenticatedAtMs: now });
    };
    const parameters = { ...SIGN_OUT, concurrency: 1, runId: `run-${String(records === undefined)}` };
    const first = await runOnFake(platform, parameters, { budgetMs: 2500 });
    expect(first.status).toBe('continues');

    const last = await runOnFake(platform, platform.scheduled.at(-1)?.parameters);

    expect(last).toMatchObject({ status: 'done', invocation: 2 });
    expect(platform.singles).toHaveLength(5);
  }
});

test('a user of whom one of two sessions cannot be signed out has failed, and the other session counts', async () => {
  const signOut = platform.answerReauthenticate;
  platform.answerReauthenticate = (id, session) => {
    if (session !== 'tablet') return signOut(id, session);
    throw backendError('BACKEND_UNAVAILABLE', 'Not now.', { status: 500 });
  };

  const report = await runOnFake(platform, { ...SIGN_OUT, verify: false });

  expect(report).toMatchObject({
    status: 'partial',
    counts: { reauthenticated: 3, unconfirmed: 1 },
    sessions: { planned: 5, signedOut: 4 },
    failures: [{ userId: userId(0), outcome: 'unconfirmed', type: 'BACKEND_UNAVAILABLE' }]
  });
});

test('a session that is still signed in after a success is sent again, and then the user is unconfirmed', async () => {
  const signOut = platform.answerReauthenticate;
  platform.answerReauthenticate = (id, session) => (session === 'tablet' ? undefined : signOut(id, session));

  const report = await runOnFake(platform, SIGN_OUT);

  expect(report.failures).toMatchObject([{ userId: userId(0), outcome: 'unconfirmed', type: 'NOT_SIGNED_OUT' }]);
  expect(report.sessions).toEqual({ planned: 5, signedOut: 4 });
  expect(platform.singles.filter((single) => single.includes('tablet'))).toHaveLength(3);
  expect(platform.singles.filter((single) => single.includes('s0'))).toHaveLength(1);
});

test('a user that does not exist has failed', async () => {
  const report = await runOnFake(platform, { ...SIGN_OUT, userIds: [userId(1), userId(77)] });

  expect(report).toMatchObject({
    status: 'partial',
    counts: { selected: 2, reauthenticated: 1, failed: 1 },
    failures: [{ userId: userId(77), outcome: 'failed', type: 'OBJECT_NOT_FOUND' }]
  });
  expect(platform.singles).toHaveLength(1);
});

test('a user of whom only one session was sent when the time was used up is unconfirmed', async () => {
  const signOut = platform.answerReauthenticate;
  platform.answerReauthenticate = (id, session) => {
    platform.clock.now += 3000;
    return signOut(id, session);
  };
  platform.hasQueue = false;

  const report = await runOnFake(platform, { ...SIGN_OUT, userIds: [userId(0)], concurrency: 1 }, { budgetMs: 2500 });

  expect(report).toMatchObject({ counts: { unconfirmed: 1 }, sessions: { planned: 2, signedOut: 1 } });
  expect(report.failures).toMatchObject([{ userId: userId(0), outcome: 'unconfirmed' }]);
});

test('the record has the counts', async () => {
  await runOnFake(platform, SIGN_OUT);

  expect([...(platform.records?.runs.values() ?? [])]).toMatchObject([
    { action: 'reauthenticate', status: 'done', alreadySignedOut: 1, planned: 4, reauthenticated: 4 }
  ]);
});

test.each([
  ['ahead', 30_000],
  ['behind', -30_000]
])(
  'where the backend’s clock is %s, who is in the app is signed out, and who signs in again stays in',
  async (_name, aheadMs) => {
    platform.clockAheadMs = aheadMs;
    const backendMs = (): number => platform.clock.now + aheadMs;
    platform.changeSession(userId(4), 's4', { authenticatedAtMs: backendMs() - 5000 });
    platform.answerReauthenticate = (id, session) => {
      platform.clock.now += 2000;
      platform.changeSession(id, session, { signedOutAtMs: backendMs(), authenticatedAtMs: backendMs() });
    };

    const first = await runOnFake(platform, { ...SIGN_OUT, concurrency: 1 }, { budgetMs: 5000 });
    const last = await runOnFake(platform, platform.scheduled.at(-1)?.parameters);

    expect([first.status, last.status]).toEqual(['continues', 'done']);
    expect(platform.singles).toHaveLength(6);
  }
);

test('a run that was killed and comes back does not sign out whom it has signed out before', async () => {
  const signOut = platform.answerReauthenticate;
  let sent = 0;
  platform.answerReauthenticate = (id, session) => {
    platform.clock.now += 2000;
    if (++sent === 3) return new Promise(() => undefined);
    const { now } = platform.clock;
    platform.changeSession(id, session, { signedOutAtMs: now, authenticatedAtMs: now });
  };
  void runOnFake(platform, { ...SIGN_OUT, runId: 'r', concurrency: 1 });
  while (sent < 3) await new Promise((resolve) => setImmediate(resolve));
  platform.answerReauthenticate = signOut;
  platform.clock.now += 600_000;

  expect(await runOnFake(platform, { ...SIGN_OUT, runId: 'r', concurrency: 1 })).toMatchObject({ status: 'done' });
  // Two before, one that nobody knows of, and the three that were left.
  expect(platform.singles).toHaveLength(6);
});

test('a user who is in the app by no session that is shown has failed', async () => {
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = async (limit, skip) => {
    const page = await read(limit, skip);
    return {
      ...page,
      users: page.users.map((user) => (user.userId === userId(4) ? { ...user, enrolled: true } : user))
    };
  };

  const report = await runOnFake(platform, SIGN_OUT);

  expect(report).toMatchObject({ status: 'partial', counts: { reauthenticated: 4, failed: 1 } });
  expect(report.failures).toMatchObject([{ userId: userId(4), type: 'NO_SESSIONS' }]);
});

test('a session without an id is never sent', async () => {
  platform.changeSession(userId(4), '', {});

  const report = await runOnFake(platform, SIGN_OUT);

  expect(report.failures).toMatchObject([{ userId: userId(4), outcome: 'failed', type: 'SESSION_WITHOUT_ID' }]);
  expect(platform.singles).toHaveLength(5);
});

test('the session that failed decides about the user, whichever of them it is', async () => {
  const signOut = platform.answerReauthenticate;
  platform.answerReauthenticate = (id, session) => {
    if (session !== 's0') return signOut(id, session);
    throw backendError('BACKEND_UNAVAILABLE', 'Not now.', { status: 500 });
  };

  expect((await runOnFake(platform, { ...SIGN_OUT, verify: false })).counts).toMatchObject({ unconfirmed: 1 });
});
