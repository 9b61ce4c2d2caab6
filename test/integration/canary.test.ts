import { TaskOnBackend } from '../support/TaskOnBackend';

let on: TaskOnBackend;
afterEach(() => on.backend.close());

const canaryLines = (): string[] => on.log.filter((line) => line.startsWith('Canary'));

test('the built task sends three users first, test users before others, and then everybody else', async () => {
  on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 30 });
  const testUser = userIds[20] ?? '';

  const report = await on.lock({}, { LOCK_USERS_CANARY: testUser });

  expect(report).toMatchObject({
    status: 'done',
    verified: true,
    counts: { planned: 30, locked: 30 },
    canary: { result: 'passed', count: 3 },
    requests: { batch: 2 }
  });
  expect(report.canary?.users[0]).toEqual({ userId: testUser, seen: 'locked' });
  expect(report.warnings).toBeUndefined();
  expect(canaryLines()).toEqual([
    'Canary: 3 users are sent before all others.',
    'Canary: 3 of 3 users shown locked, no session turned RESET. The others follow.'
  ]);
});

test('on a platform whose locks wipe, no more than the canary is wiped, and they can be let in again', async () => {
  on = await TaskOnBackend.start({ wipeFalse: 'wipes' });
  on.backend.seed({ users: 200, twoDevices: 20 });

  const report = await on.lock({ runId: 'evening' });

  expect(report).toMatchObject({
    status: 'partial',
    counts: { selected: 200, planned: 200, locked: 3, notAttempted: 197 },
    canary: { result: 'failed', count: 3 },
    stopReason: { code: 'CANARY_FAILED', usersChanged: 'yes' }
  });
  expect(report.canary?.users.map(({ seen }) => seen)).toContain('reset');
  expect(
    on.backend.users().filter(({ sessions = [] }) => sessions.some(({ state }) => state === 'RESET'))
  ).toHaveLength(3);
  expect(on.log.some((line) => line.startsWith('ALARM'))).toBe(true);

  expect(await on.lock({ undo: 'evening' })).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0 });
});

test('without a canary the verification finds the wipes, and the run says so', async () => {
  on = await TaskOnBackend.start({ wipeFalse: 'wipes' });
  on.backend.seed({ users: 20 });

  const report = await on.lock({ canary: 0 });

  expect(report).toMatchObject({
    status: 'partial',
    stopReason: { code: 'SESSIONS_RESET', message: expect.stringContaining('ALARM') },
    resetSessions: { count: 20 }
  });
});

test.each([
  [200, 18],
  [10_000, 66]
])(
  'where all goes well, %i users cost %i requests at most, with record, canary and verification, in one of five runs',
  async (users, most) => {
    // How many saves of the record go together in one request depends on how busy the machine is.
    const counts: number[] = [];
    while (counts.length < 5 && !counts.some((count) => count <= most)) {
      on = await TaskOnBackend.start();
      on.backend.seed({ users });

      const report = await on.lock({ reason: 'counted' });

      expect(report).toMatchObject({
        status: 'done',
        verified: true,
        counts: { locked: users },
        canary: { result: 'passed' }
      });
      counts.push(on.backend.requests().length);
      await on.backend.close();
    }
    expect(Math.min(...counts)).toBeLessThanOrEqual(most);
  }
);
