import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

let platform: FakePlatform;
let log: RecordingLog;

beforeEach(() => {
  platform = new FakePlatform(userIds(5));
  log = new RecordingLog();
});

describe('the selection', () => {
  test('a user who slid off a page of the database list is found by the users API, and locked', async () => {
    const read = platform.readUserIds.bind(platform);
    platform.readUserIds = async (selection, limit, skip) => {
      const page = await read(selection, limit, skip);
      const isList = selection.userIds === undefined;
      return { ...page, userIds: page.userIds.filter((id) => !isList || id !== userId(3)) };
    };

    const report = await runOnFake(platform);

    expect(report).toMatchObject({ status: 'done', counts: { selected: 5, locked: 5 } });
    expect(report.warnings).toBeUndefined();
  });

  test('a user who is in the app and not in the database is left alone and named', async () => {
    const read = platform.readUserIds.bind(platform);
    platform.readUserIds = async (selection, limit, skip) => {
      const page = await read(selection, limit, skip);
      return { ...page, userIds: page.userIds.filter((id) => id !== userId(3)) };
    };

    const report = await runOnFake(platform, {}, {}, log);

    expect(report).toMatchObject({ status: 'done', counts: { selected: 4, locked: 4 } });
    expect(report.warnings).toEqual([{ code: 'NOT_IN_DATABASE', message: expect.stringContaining(userId(3)) }]);
    expect(log.lines).toContainEqual(
      expect.stringContaining(`Warning: 1 id of users of the app is not in the app database`)
    );
  });

  test('a user whom the list of users never shows is asked for alone', async () => {
    const read = platform.readUserStates.bind(platform);
    platform.readUserStates = async (limit, skip) => {
      const page = await read(limit, skip);
      return { ...page, users: page.users.filter((user) => user.userId !== userId(3)) };
    };

    expect(await runOnFake(platform)).toMatchObject({ status: 'done', counts: { locked: 5 }, failures: [] });
  });

  test.each([
    ['a lock is told of', {}, 1],
    ['an unlock is not', { action: 'unlock' }, 0]
  ])('a user whom nothing shows is sent, and %s', async (_which, params, warned) => {
    const read = platform.readUserStates.bind(platform);
    if (warned === 0) for (const id of userIds(5)) platform.locked.add(id);
    platform.readUserStates = async (limit, skip) => {
      const page = await read(limit, skip);
      return { ...page, users: page.users.filter((user) => user.userId !== userId(3)) };
    };
    platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));

    const report = await runOnFake(platform, params);

    expect(platform.locked.has(userId(3))).toBe(warned === 1);
    const warnings = report.warnings?.filter(({ code }) => code === 'NOT_LISTED') ?? [];
    expect(warnings.map(({ message }) => message)).toEqual(
      Array(warned).fill(
        `1 id of selected users is not shown by the users API. A lock is sent to them all the same, and an undo lets them in, also where they had been locked before: ${userId(3)}`
      )
    );
  });

  test.each([
    ['a dry run', { dryRun: true }],
    ['a run that is refused', { maxUsers: 2 }]
  ])(
    '%s tells of a user whom nothing shows as well, and does not say that somebody was sent',
    async (_which, params) => {
      const read = platform.readUserStates.bind(platform);
      platform.readUserStates = async (limit, skip) => {
        const page = await read(limit, skip);
        return { ...page, users: page.users.filter((user) => user.userId !== userId(3)) };
      };
      platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));

      const { warnings } = await runOnFake(platform, params);

      expect(platform.batches).toEqual([]);
      expect(warnings).toContainEqual({
        code: 'NOT_LISTED',
        message: `1 id of selected users is not shown by the users API. A lock is sent to them all the same, and an undo lets them in, also where they had been locked before: ${userId(3)}`
      });
    }
  );

  test('an undo does not take a user for gone who may be the one that is shown without a usable id', async () => {
    await runOnFake(platform, { runId: 'evening' });
    const read = platform.readUserStates.bind(platform);
    platform.readUserStates = async (limit, skip) => {
      const page = await read(limit, skip);
      return {
        ...page,
        users: page.users.map((user) => (user.userId === userId(3) ? { ...user, userId: '..' } : user))
      };
    };
    platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));

    const report = await runOnFake(platform, { undo: 'evening' });

    expect(report).toMatchObject({ status: 'partial', counts: { unlocked: 4, notShown: 0, unconfirmed: 1 } });
    expect(report.failures).toMatchObject([{ userId: userId(3), type: 'NOT_SHOWN' }]);
  });

  test.each(['lock', 'undo', 'reauthenticate'])(
    'a list of users that has another order for each page shows everybody in the end: %s',
    async (what) => {
      platform = new FakePlatform(userIds(12));
      if (what === 'undo') await runOnFake(platform, { runId: 'evening' });
      for (const id of platform.ids) {
        platform.sessions.set(id, [
          { sessionId: `session-of-${id}`, state: 'ENROLLED', signedOutAtMs: null, authenticatedAtMs: null }
        ]);
      }
      const read = platform.readUserStates.bind(platform);
      let turn = 0;
      platform.readUserStates = async (_limit, skip) => {
        const { users } = await read(1000, 0);
        const by = ++turn * 7;
        const shown = [...users.slice(by % 12), ...users.slice(0, by % 12)];
        return { users: shown.slice(skip, skip + 4), malformed: 0, isCached: false, more: skip + 4 < shown.length };
      };
      platform.readUserState = () => Promise.reject(backendError('BACKEND_REJECTED', 'no such route', { status: 404 }));

      const report = await runOnFake(platform, what === 'undo' ? { undo: 'evening' } : { action: what });

      expect(report).toMatchObject({ status: 'done', verified: true, counts: { planned: 12 }, failures: [] });
    }
  );

  test('a list of users that repeats its first page ends the run, and nobody is locked', async () => {
    const read = platform.readUserStates.bind(platform);
    platform.readUserStates = async () => ({ ...(await read(3, 0)), more: true });
    platform.readUserState = () => Promise.reject(new Error('no such route'));

    const report = await runOnFake(platform);

    expect(report).toMatchObject({ counts: { locked: 0 } });
    expect(platform.locked.size).toBe(0);
    expect(report.requests.users).toBeLessThan(10);
  });

  test('nobody selected is refused', async () => {
    platform = new FakePlatform([]);

    expect(await runOnFake(platform, { where: ['role = ?', 'drivr'] })).toMatchObject({
      status: 'refused',
      verified: false,
      stopReason: { code: 'NOBODY_SELECTED', usersChanged: 'no' }
    });
  });

  test('userIds none of which exist are refused, and nothing is sent', async () => {
    const report = await runOnFake(platform, { userIds: [userId(98), userId(99)] });

    expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'NOBODY_SELECTED' } });
    expect(report.stopReason?.message).toContain('Of the 2 users in "userIds" none exists.');
    expect(platform.batches).toEqual([]);
  });

  test('excludeUserIds none of which exist are refused, because whoever was meant would be locked', async () => {
    const report = await runOnFake(platform, { excludeUserIds: [userId(99)] }, {}, log);

    expect(report).toMatchObject({ status: 'refused', stopReason: { code: 'NOBODY_EXCLUDED', usersChanged: 'no' } });
    expect(platform.locked.size).toBe(0);
    expect(log.lines.join()).toContain(userId(99));
  });

  test('unknown ids are warned about in log and report before the first batch leaves', async () => {
    const params = { excludeUserIds: [userId(1), userId(98)] };
    const report = await runOnFake(platform, params, { protectedIds: [userId(0), userId(97)] }, log);

    expect(report).toMatchObject({ status: 'done', counts: { locked: 3, excluded: 1, protected: 1 } });
    expect(report.warnings?.map(({ code }) => code)).toEqual(['UNKNOWN_IDS', 'UNKNOWN_IDS']);
    const [warning, batch] = ['Warning: ', 'Batch request '].map((start) =>
      log.lines.findIndex((line) => line.startsWith(start))
    );
    expect(warning).toBeLessThan(batch ?? 0);
  });
});
