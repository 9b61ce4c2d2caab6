import { readNetworkError } from '../../../cloudcode/lock_users/src/platform/read-network-error';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
beforeEach(() => (platform = new FakePlatform(userIds(5))));

const REFUSALS: [string, Error][] = [
  ['a refused connection', backendError('BACKEND_UNREACHABLE', 'Refused.', { network: 'unreachable' })],
  ['409', backendError('BACKEND_REJECTED', 'Conflict.', { status: 409 })],
  ['425', backendError('BACKEND_REJECTED', 'Too early.', { status: 425 })]
];

test.each(REFUSALS)('of whom nothing but %s came, nobody is locked, and nobody may be', async (_name, error) => {
  platform.answerBatch = () => {
    throw error;
  };

  expect(await runOnFake(platform)).toMatchObject({ status: 'failed', counts: { failed: 5, unconfirmed: 0 } });
});

test.each(REFUSALS)(
  'whom somebody else locks while nothing but %s comes, the run does not claim, and an undo leaves locked',
  async (_name, error) => {
    platform.answerBatch = () => {
      platform.locked.add(userId(2));
      throw error;
    };

    const report = await runOnFake(platform, { runId: 'evening' });
    await runOnFake(platform, { undo: 'evening' });

    expect(report.counts).toMatchObject({ locked: 0, alreadyLocked: 1 });
    expect([...platform.locked]).toEqual([userId(2)]);
  }
);

test.each([
  ['ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'connection'],
  ['EHOSTUNREACH', 'connection'],
  ['ENETUNREACH', 'connection'],
  ['ECONNRESET', 'connection'],
  ['ECONNREFUSED', 'unreachable'],
  ['ENOTFOUND', 'unreachable'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'unreachable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable']
])('%s, with which a connection may break halfway or not, counts as %s', (code, kind) => {
  expect(readNetworkError(code)).toBe(kind);
});

test('an error that is called like throttling, and never ends, is an error of that user alone', async () => {
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    lock(operations.filter(({ user_id: id }) => id !== userId(1)));
    const answer = (id: string): object =>
      id === userId(1) ? { success: false, error: { type: 'QUOTA_OF_DEVICES', detail: 'd' } } : { success: true };
    return { operations: operations.map(({ user_id: id }) => answer(id)) };
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'partial', counts: { locked: 4, failed: 1 } });
  expect(platform.batches.length).toBeLessThan(40);
});

test('a session that turns RESET while another one of the user no longer is raises the alarm', async () => {
  const session = (sessionId: string, state: string) => ({
    sessionId,
    state,
    signedOutAtMs: null,
    authenticatedAtMs: null
  });
  platform.sessions.set(userId(0), [session('a', 'RESET'), session('b', 'ENROLLED')]);
  const lock = platform.answerBatch;
  platform.answerBatch = (operations) => {
    platform.sessions.set(userId(0), [session('a', 'NEVER_ENROLLED'), session('b', 'RESET')]);
    return lock(operations);
  };

  expect((await runOnFake(platform)).resetSessions).toMatchObject({ count: 1, userIds: [userId(0)] });
});

describe('signing out', () => {
  const only = { action: 'reauthenticate', userIds: [userId(0)] };
  beforeEach(() => {
    const session = { sessionId: 's', state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null };
    platform.sessions.set(userId(0), [session]);
  });

  test('is not done where its answer is lost and the user is shown without sessions', async () => {
    platform.answerReauthenticate = () => {
      throw backendError('BACKEND_UNREACHABLE', 'Too late.', { network: 'timeout' });
    };
    platform.readUserState = (id) => Promise.resolve({ userId: id, locked: false, enrolled: true, sessions: [] });

    const { counts } = await runOnFake(platform, { ...only, verify: false });

    expect(counts).toMatchObject({ reauthenticated: 0, unconfirmed: 1 });
  });

  test('is not done where the session is shown without a state', async () => {
    platform.answerReauthenticate = () => platform.changeSession(userId(0), 's', { state: '' });

    expect((await runOnFake(platform, only)).counts).toMatchObject({ reauthenticated: 0, unconfirmed: 1 });
  });
});
