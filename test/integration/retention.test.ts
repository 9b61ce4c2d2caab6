import { callBackend } from '../support/call-backend';
import { TaskOnBackend } from '../support/TaskOnBackend';

test('the built task deletes old batches of what was undone, keeps the others, and says so to an undo', async () => {
  const on = await TaskOnBackend.start();
  on.backend.seed({ users: 6 });
  const list = async (model: string): Promise<readonly Record<string, unknown>[]> =>
    (await callBackend(on.backend, 'GET', `objects/${model}.json`)).json['objects'] as Record<string, unknown>[];
  await on.lock({ runId: 'evening' });
  await on.lock({ undo: 'evening', runId: 'morning' });
  await on.lock({ runId: 'kept', canary: 0 });
  for (const { id, run_id: runId } of await list('lock_run')) {
    const second = ['evening', 'morning', 'kept'].indexOf(String(runId));
    expect(second).toBeGreaterThanOrEqual(0);
    const change = { lock_run: { finished_at: `2020-01-02T03:04:0${second}Z` } };
    await callBackend(on.backend, 'PATCH', `objects/lock_run/${String(id)}.json`, change);
  }

  const report = await on.lock({ action: 'reauthenticate', runId: 'later' });
  expect(report.status).toBe('done');

  expect((await list('lock_run_batch')).map(({ run_id: runId }) => runId)).toEqual(['kept']);
  const runs = new Map((await list('lock_run')).map((run) => [run['run_id'], run['batches_deleted_at'] !== undefined]));
  expect(Object.fromEntries(runs)).toEqual({ evening: true, morning: true, kept: false, later: false });
  expect((await on.lock({ undo: 'evening' })).stopReason).toMatchObject({
    code: 'NO_RECORD',
    message: expect.stringContaining('LOCK_USERS_KEEP_DAYS')
  });

  expect(await on.lock({ undo: 'kept' })).toMatchObject({ status: 'done', counts: { unlocked: 6 } });
  await on.backend.close();
});
