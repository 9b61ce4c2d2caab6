import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import type { Answer } from '../support/call-backend';

// Source: none. "Batch operations" lists four methods, the vendor's forum shows `users/lock`, and nobody shows `users/unlock`.

let backend: RunningBackend;
let userIds: readonly string[];

async function start(switches: NonNullable<BackendOptions['switches']> = {}): Promise<void> {
  backend = await startBackend({ switches });
  userIds = backend.seed({ users: 2, locked: 2 }).userIds;
}
afterEach(() => backend.close());

const post = (...operations: unknown[]): Promise<Answer> => callBackend(backend, 'POST', 'batch.json', { operations });
const unlockOf = (user_id: unknown): object => ({ method: 'users/unlock', user_id });
const isLocked = (): unknown[] => userIds.map((id) => backend.user(id)?.locked);

test('by default an unlock in a batch is refused alone', async () => {
  await start();

  expect(await post(unlockOf(userIds[0]), unlockOf(userIds[1]))).toMatchObject({
    status: 200,
    json: {
      operations: [
        { success: false, error: { type: 'INVALID_API_REQUEST' } },
        { success: false, error: { type: 'INVALID_API_REQUEST' } }
      ]
    }
  });
  expect(isLocked()).toEqual([true, true]);
});

test('with batchUnlock=refused-request it spoils the batch, whatever invalidOperation says', async () => {
  await start({ batchUnlock: 'refused-request', invalidOperation: 'per-operation' });

  expect(await post(unlockOf(userIds[0]))).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
  expect(isLocked()).toEqual([true, true]);
});

test('with batchUnlock=works it unlocks, and an unlock that changes nothing obeys repeatLock', async () => {
  await start({ batchUnlock: 'works', echo: 'ids' });
  const echo = { method: 'users/unlock', user_id: userIds[0] };

  expect((await post(unlockOf(userIds[0]), unlockOf(userIds[0]), unlockOf('nobody'))).json['operations']).toEqual([
    { ...echo, success: true },
    { ...echo, success: false, error: expect.objectContaining({ type: 'INVALID_OPERATION' }) },
    { ...echo, user_id: 'nobody', success: false, error: expect.objectContaining({ type: 'OBJECT_NOT_FOUND' }) }
  ]);
  expect(isLocked()).toEqual([false, true]);
});

test('with batchUnlock=claims-success it is answered with success, and nobody is unlocked', async () => {
  await start({ batchUnlock: 'claims-success' });

  expect((await post(unlockOf(userIds[0]))).json['operations']).toEqual([{ success: true }]);
  expect(isLocked()).toEqual([true, true]);
});

test('an unlock without a user is an operation that is not well-formed', async () => {
  await start({ batchUnlock: 'works' });
  expect((await post(unlockOf(undefined))).status).toBe(400);
  await backend.close();

  await start({ batchUnlock: 'works', invalidOperation: 'per-operation' });
  expect(await post(unlockOf(7))).toMatchObject({ status: 200, json: { operations: [{ success: false }] } });
});

test('a batch with an unlock counts among the requests that change users', async () => {
  await start({ batchUnlock: 'works' });
  backend.setLimits({ concurrency: 1 });
  backend.setFaults({ faults: [{ kind: 'delay', ms: 50, route: 'POST batch.json' }] });

  await Promise.all([post(unlockOf(userIds[0])), post(unlockOf(userIds[1]))]);

  expect(backend.violations()).toMatchObject([{ kind: 'too many in flight' }]);
});
