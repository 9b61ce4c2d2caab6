import type { Switches } from '../../tasks/local/backend/control/Switches';
import { Device } from '../../tasks/local/devices/Device';
import { callBackend } from '../support/call-backend';
import { LocalPlatform } from '../support/LocalPlatform';
import { TaskOnBackend } from '../support/TaskOnBackend';
import { userId } from '../support/user-id';

describe('the built task', () => {
  let on: TaskOnBackend;
  afterEach(() => on.backend.close());

  const sent = (pattern: RegExp): string[] =>
    on.backend
      .requests()
      .filter(({ method, path }) => method === 'POST' && pattern.test(path))
      .map(({ path }) => path);

  test.each<Partial<Switches>>([
    { actionAnswer: 'no-content' },
    { actionAnswer: 'user' },
    { actionAnswer: 'empty' },
    { repeatLock: 'success' },
    { usersPageSize: '10/100' },
    { sessionsOfNewUser: 'empty' }
  ])('where the platform behaves as %j it unlocks all the same, with one request for each user', async (switches) => {
    on = await TaskOnBackend.start(switches);
    on.backend.seed({ users: 30, locked: 20, neverEnrolled: 4 });

    const report = await on.lock({ action: 'unlock' });

    expect(report).toMatchObject({
      action: 'unlock',
      status: 'done',
      verified: true,
      counts: { selected: 30, alreadyUnlocked: 10, planned: 20, unlocked: 20 },
      requests: { batch: 0, single: 20 }
    });
    expect(on.backend.state().lockedUsers).toBe(0);
    expect(sent(/\/unlock$/)).toHaveLength(20);
  });

  test.each<Partial<Switches>>([{ actionAnswer: 'no-content' }, { actionAnswer: 'user' }, { actionAnswer: 'empty' }])(
    'where the platform behaves as %j it signs every session out and locks nobody',
    async (switches) => {
      on = await TaskOnBackend.start(switches);
      on.backend.seed({ users: 30, locked: 5, twoDevices: 6, neverEnrolled: 4 });

      const report = await on.lock({ action: 'reauthenticate' });

      expect(report).toMatchObject({
        action: 'reauthenticate',
        status: 'done',
        verified: true,
        sessions: { planned: 27, signedOut: 27 },
        counts: { selected: 30, alreadySignedOut: 9, planned: 21, reauthenticated: 21 }
      });
      expect(on.backend.state()).toMatchObject({ lockedUsers: 5, sessions: { ENROLLED: 0, LOCKED: 32, RESET: 0 } });
      expect(sent(/\/re-authenticate$/)).toHaveLength(27);
    }
  );

  test('where the platform ignores a filter by id, undo goes by the record of the run that is named', async () => {
    on = await TaskOnBackend.start({ filterById: 'ignored' });
    const { userIds } = on.backend.seed({ users: 6 });
    await on.lock({ userIds: userIds.slice(0, 3) });
    const second = await on.lock({ userIds: userIds.slice(3) });

    const undone = await on.lock({ undo: second.runId });

    expect(undone).toMatchObject({ status: 'done', counts: { unlocked: 3 } });
    expect(userIds.map((id) => on.backend.user(id)?.locked)).toEqual([true, true, true, false, false, false]);
  });

  test('undo brings everybody back whom the run locked, and nobody else', async () => {
    on = await TaskOnBackend.start();
    const { userIds, lockedIds } = on.backend.seed({ users: 40, locked: 6, twoDevices: 5, neverEnrolled: 5 });
    const locked = await on.lock({ where: ['role = ?', 'driver'], batchSize: 3 });
    expect(locked.counts.locked).toBeGreaterThan(5);

    const undone = await on.lock({ undo: locked.runId });

    expect(undone).toMatchObject({
      action: 'unlock',
      undoes: locked.runId,
      status: 'done',
      verified: true,
      counts: { selected: locked.counts.locked, unlocked: locked.counts.locked },
      stillLocked: { count: 6 }
    });
    expect(userIds.filter((id) => on.backend.user(id)?.locked)).toEqual(lockedIds);
    expect(sent(/\/unlock$/)).toHaveLength(locked.counts.locked ?? 0);
  });

  test('onlyEnrolled locks those who are in the app, and a user without a device signs in afterwards', async () => {
    on = await TaskOnBackend.start();
    const { neverEnrolledIds } = on.backend.seed({ users: 10, neverEnrolled: 4, locked: 1 });

    const report = await on.lock({ onlyEnrolled: true });

    expect(report.counts).toMatchObject({ alreadyLocked: 1, notEnrolled: 4, planned: 5, locked: 5 });
    const device = new Device({ origin: on.backend.origin, userId: neverEnrolledIds[0] ?? '', deviceId: 'd' });
    expect(await device.enroll()).toBe('enrolled');
  });

  test.each<[string, object, string]>([
    [
      'an unknown action',
      { action: 'wipe' },
      '"action" must be "lock", "unlock", "reauthenticate" or "status", not "wipe".'
    ],
    ['a mistyped name', { undoo: 'x' }, 'Did you mean "undo"?'],
    ['undo with userIds', { undo: 'x', userIds: [userId(1)] }, '"undo" selects the users that the run locked.']
  ])('%s is refused before anything is sent', async (_name, params, sentence) => {
    on = await TaskOnBackend.start();
    const result = await on.trigger(params);

    expect(result).toMatchObject({ status: 'threw', error: { code: 'INVALID_PARAMETERS' } });
    expect(JSON.stringify(result)).toContain(JSON.stringify(sentence).slice(1, -1));
  });

  test('an unknown run is refused with what to do instead', async () => {
    on = await TaskOnBackend.start();

    expect(await on.lock({ undo: 'nothing-like-it' })).toMatchObject({
      status: 'refused',
      requests: { single: 0 },
      stopReason: { code: 'NO_RECORD', nextStep: expect.stringContaining('"action": "unlock", "userIds"') }
    });
  });
});

describe('on the platform', () => {
  let on: LocalPlatform;
  afterEach(() => on.platform.close());

  test('an object of lock_run in the app undoes a run, and its record shows who was unlocked', async () => {
    on = await LocalPlatform.start();
    on.platform.backend.seed({ users: 12, locked: 2 });
    const lock = await on.request({ reason: 'release', parameters: '{"canary": 0}' });
    expect(on.platform.backend.state().lockedUsers).toBe(12);

    const undo = await on.request({ action: 'unlock', parameters: JSON.stringify({ undo: lock }) });

    expect(on.platform.backend.state().lockedUsers).toBe(2);
    const records = await on.runs();
    expect(records).toMatchObject([
      { id: lock, status: 'done', action: { key: 'lock' }, locked: 10, already_locked: 2 },
      { id: undo, status: 'done', action: { key: 'unlock' }, selected: 10, unlocked: 10, locked_again: 0 }
    ]);
    const { json } = await callBackend(on.platform.backend, 'GET', 'objects/lock_run_batch.json');
    expect(json['objects']).toMatchObject([
      { lock_run_id: lock, action: { key: 'lock' }, done: 10, not_done: '[]' },
      { lock_run_id: undo, action: { key: 'unlock' }, done: 10, not_done: '[]' }
    ]);

    const twice = await on.request({ parameters: JSON.stringify({ undo: lock }) });
    expect((await on.runs()).find(({ id }) => id === twice)).toMatchObject({
      status: 'done',
      unlocked: 0,
      already_unlocked: 10,
      message: expect.stringContaining('There is nothing left to undo')
    });
  });

  test('an object that asks to undo what cannot be undone ends as refused with the reason', async () => {
    on = await LocalPlatform.start();
    on.platform.backend.seed({ users: 3 });
    const dryRun = await on.request({ parameters: '{"dryRun": true}' });

    await on.request({ parameters: JSON.stringify({ undo: dryRun }) });
    await on.request({ action: 'lock', parameters: JSON.stringify({ undo: dryRun }) });

    expect((await on.runs()).slice(1)).toMatchObject([
      {
        status: 'refused',
        message: expect.stringContaining('it was a dry run and changed nobody. No user was changed.')
      },
      { status: 'refused', message: expect.stringContaining('"undo" unlocks users. Leave "action" out.') }
    ]);
  });

  test('a web request undoes a run', async () => {
    on = await LocalPlatform.start();
    on.platform.backend.seed({ users: 5 });
    const { runId } = (await (await on.web('{}')).json()) as { runId: string };
    await on.platform.runtime.idle();
    expect(on.platform.backend.state().lockedUsers).toBe(5);

    expect((await on.web(JSON.stringify({ undo: runId }))).status).toBe(202);
    await on.platform.runtime.idle();

    expect(on.platform.backend.state().lockedUsers).toBe(0);
  });

  test('without the models undo is refused, and unlock works', async () => {
    on = await LocalPlatform.startWithoutRecords();
    on.platform.backend.seed({ users: 4, locked: 4 });

    expect(await on.report({ kind: 'test', task: 'lock_users', params: { undo: 'x' } })).toMatchObject({
      status: 'refused',
      stopReason: { code: 'NO_RECORD' }
    });
    await on.report({ kind: 'test', task: 'lock_users', params: { action: 'unlock' } });
    await on.platform.runtime.idle();

    expect(on.platform.backend.state().lockedUsers).toBe(0);
  });
});
