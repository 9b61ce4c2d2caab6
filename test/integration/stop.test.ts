import fetch from 'node-fetch';
import { callBackend } from '../support/call-backend';
import { reachOverHttp } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';
import { TaskOnBackend } from '../support/TaskOnBackend';

test('somebody who sets "stop_requested" by the API stops a run, nothing takes it back, and its undo is exact', async () => {
  const reached = await reachOverHttp();
  const { url, backend } = reached;
  const call = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${url}/${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) })
    });
    expect(answer.status).toBeLessThan(300);
    return (await answer.json()) as Record<string, unknown>;
  };
  const readRun = async (): Promise<Readonly<Record<string, unknown>> | undefined> =>
    ((await call('GET', 'objects/lock_run.json')) as { objects?: Record<string, unknown>[] }).objects?.[0];
  let batches = 0;
  const task = new TaskInProcess({
    ...reached,
    async fetchUrl(address, init) {
      const answer = await fetch(address, init);
      if (String(init.body).includes('users/lock') && ++batches === 5) {
        await call('PATCH', `objects/lock_run/${String((await readRun())?.['id'])}.json`, {
          lock_run: { stop_requested: true }
        });
        reached.passTime(6000);
      }
      return answer;
    }
  });
  const { userIds } = backend.seed({ users: 30, locked: 3 });
  const lockedBefore = userIds.filter((id) => task.isLocked(id));

  const report = await task.run({ batchSize: 2, concurrency: 1 });

  expect(report).toMatchObject({
    status: 'stopped',
    counts: { selected: 30, alreadyLocked: 3, planned: 27, locked: 10, notAttempted: 17 },
    stopReason: { code: 'STOPPED', usersChanged: 'yes' }
  });
  expect(batches).toBe(5);
  expect(await readRun()).toMatchObject({ status: { key: 'stopped' }, stop_requested: { key: true }, locked: 10 });
  // Nobody is taken for not locked because the users API lags.
  reached.passTime(60_000);
  expect(await task.run({ undo: report.runId })).toMatchObject({ status: 'done', counts: { unlocked: 10 } });
  expect(userIds.filter((id) => task.isLocked(id))).toEqual(lockedBefore);
  await backend.close();
});

test('the built task does not begin a scheduled run that an object asks to stop', async () => {
  const on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });
  const wish = { lock_run: { run_id: 'evening', stop_requested: true } };
  expect((await callBackend(on.backend, 'POST', 'objects/lock_run.json', wish)).status).toBeLessThan(300);

  const report = await on.lock({ runId: 'evening' });

  expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOPPED', usersChanged: 'no' } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
  const { json } = await callBackend(on.backend, 'GET', 'objects/lock_run.json');
  expect(json['objects']).toMatchObject([{ run_id: 'evening', status: { key: 'stopped' } }]);
  await on.backend.close();
});
