import fetch from 'node-fetch';
import { callBackend } from '../support/call-backend';
import { reachOverHttp } from '../support/reach-backend';
import type { ReachedBackend } from '../support/reach-backend';
import { TaskInProcess } from '../support/TaskInProcess';
import { TaskOnBackend } from '../support/TaskOnBackend';

type Fields = Readonly<Record<string, unknown>>;

let reached: ReachedBackend;
beforeEach(async () => (reached = await reachOverHttp()));
afterEach(() => reached.backend.close());

async function call(method: string, path: string, body?: object): Promise<Fields> {
  const { url, backend } = reached;
  const answer = await fetch(`${url}/${path}`, {
    method,
    headers: { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) })
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Fields;
}

async function readRun(): Promise<Fields | undefined> {
  const { objects } = await call('GET', 'objects/lock_run.json');
  return (objects as readonly Fields[])[0];
}

async function askToStop(): Promise<void> {
  const path = `objects/lock_run/${String((await readRun())?.['id'])}.json`;
  await call('PATCH', path, { lock_run: { stop_requested: true } });
}

test('somebody who sets "stop_requested" by the API stops a run, nothing takes it back, and its undo is exact', async () => {
  let batches = 0;
  const task = new TaskInProcess({
    ...reached,
    async fetchUrl(address, init) {
      const answer = await fetch(address, init);
      if (String(init.body).includes('users/lock') && ++batches === 5) {
        await askToStop();
        reached.passTime(6000);
      }
      return answer;
    }
  });
  const { userIds } = reached.backend.seed({ users: 30, locked: 3 });
  const lockedBefore = userIds.filter((id) => task.isLocked(id));

  const report = await task.run({ batchSize: 2, concurrency: 1, canary: 0 });

  expect(report).toMatchObject({
    status: 'stopped',
    counts: { selected: 30, alreadyLocked: 3, planned: 27, locked: 10, notAttempted: 17 },
    stopReason: { code: 'STOP_REQUESTED', usersChanged: 'yes' }
  });
  expect(batches).toBe(5);
  expect(await readRun()).toMatchObject({ status: { key: 'stopped' }, stop_requested: { key: true }, locked: 10 });
  // Nobody is taken for not locked because the users API lags.
  reached.passTime(60_000);
  expect(await task.run({ undo: report.runId })).toMatchObject({ status: 'done', counts: { unlocked: 10 } });
  expect(userIds.filter((id) => task.isLocked(id))).toEqual(lockedBefore);
});

test('a first save whose answer was lost is not repeated over what somebody has set since', async () => {
  let isFirst = true;
  const task = new TaskInProcess({
    ...reached,
    async fetchUrl(address, init) {
      const answer = await fetch(address, init);
      if (!isFirst || !String(init.body).includes('"put"')) return answer;
      isFirst = false;
      await askToStop();
      return { status: 200, headers: answer.headers, text: () => Promise.resolve('<html>') };
    }
  });
  reached.backend.seed({ users: 5 });

  expect(await task.run({})).toMatchObject({ status: 'stopped', counts: { planned: 0 } });

  expect(await readRun()).toMatchObject({ status: { key: 'stopped' }, stop_requested: { key: true } });
  expect(reached.backend.state().lockedUsers).toBe(0);
});

test('the built task does not begin a scheduled run that an object asks to stop', async () => {
  const on = await TaskOnBackend.start();
  on.backend.seed({ users: 5 });
  const wish = { lock_run: { run_id: 'evening', stop_requested: true } };
  expect((await callBackend(on.backend, 'POST', 'objects/lock_run.json', wish)).status).toBeLessThan(300);

  const report = await on.lock({ runId: 'evening' });

  expect(report).toMatchObject({ status: 'stopped', stopReason: { code: 'STOP_REQUESTED', usersChanged: 'no' } });
  expect(on.backend.state()).toMatchObject({ lockedUsers: 0, lockRequests: 0 });
  const { json } = await callBackend(on.backend, 'GET', 'objects/lock_run.json');
  expect(json['objects']).toMatchObject([{ run_id: 'evening', status: { key: 'stopped' } }]);
  await on.backend.close();
});
