import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import { runTask } from '../../tasks/local/runtime/run-task';
import type { TriggerRequest } from '../../tasks/local/runtime/start-trigger';
import { callBackend } from '../support/call-backend';
import { LocalPlatform } from '../support/LocalPlatform';

const SCHEDULE = { task: 'lock_users', cron: '0 22 * * *', timezone: 'Europe/Berlin', params: { reason: 'nightly' } };

/** As outside tests: each invocation in a process of its own. */
const IN_PROCESSES = { runtime: { run: runTask } };

let on: LocalPlatform;
afterEach(() => on.platform.close());

async function startWith(users: number, ...options: Parameters<typeof LocalPlatform.start>): Promise<void> {
  on = await LocalPlatform.start(...options);
  on.platform.backend.seed({ users });
}

const lockedUsers = (): number => on.platform.backend.state().lockedUsers;
const recorded = { status: 'done', selected: 8, planned: 8, locked: 8, failed: 0, lease_holder: null };

test('OXIDE’s test action locks the users, returns the report, and leaves a record', async () => {
  await startWith(8, {}, IN_PROCESSES);

  const report = await on.report({ kind: 'test', task: 'lock_users', params: { reason: 'try it' } });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 8 } });
  expect(lockedUsers()).toBe(8);
  await on.platform.runtime.idle();
  expect(await on.runs()).toMatchObject([{ ...recorded, run_id: report.runId, reason: 'try it' }]);
  expect(on.platform.backend.state().lockRequests).toBe(2);
});

test('a run whose webhook ends with an error, which nobody waits for, is told in the log of the platform', async () => {
  const error = { name: 'Error', message: 'no luck' };
  on = await LocalPlatform.start(
    {},
    { runtime: { run: () => Promise.resolve({ status: 'threw', error, durationMs: 1 }) } }
  );

  await on.request({});

  expect(on.log).toContain('The run of lock_users ended with an error: no luck');
});

test('a schedule runs with its own parameters', async () => {
  await startWith(8, {}, { schedules: [SCHEDULE] });

  expect(await on.report({ kind: 'schedule', task: 'lock_users' })).toMatchObject({
    status: 'done',
    reason: 'nightly'
  });

  expect(lockedUsers()).toBe(8);
  expect(await on.runs()).toMatchObject([{ ...recorded, reason: 'nightly' }]);
});

test('an object of lock_run that is created with the status "requested" starts the run, and shows its result', async () => {
  await startWith(8, {}, IN_PROCESSES);

  const id = await on.request({ reason: 'from the app', requested_by: 'Sam', parameters: '{"maxUsers":8}' });

  expect(lockedUsers()).toBe(8);
  const all = await on.runs();
  expect(all).toMatchObject([{ ...recorded, id, run_id: id, reason: 'from the app', requested_by: 'Sam' }]);

  // A delivery comes once more, and once more at the same time as another.
  await on.trigger({ kind: 'webhook', model: 'lock_run', id });
  const again: TriggerRequest = { kind: 'webhook', model: 'lock_run', id };
  await Promise.all([on.trigger(again), on.trigger(again)]);
  expect(await on.runs()).toEqual(all);
  expect(on.platform.backend.state().lockRequests).toBe(2);
});

test('an object of lock_run without a status is a draft, and starts the run when it gets one', async () => {
  await startWith(3);

  const id = await on.request({ status: null, reason: 'draft' });
  expect(on.log).toEqual([]);
  const body = { lock_run: { status: 'requested' } };
  await callBackend(on.platform.backend, 'PATCH', `objects/lock_run/${id}.json`, body);
  await on.platform.runtime.idle();

  expect(await on.runs()).toMatchObject([{ id, status: 'done', reason: 'draft', locked: 3 }]);
});

test('without LOCK_USERS_WEBHOOK an object that requests a run starts none, and says why; other triggers do', async () => {
  await startWith(4, { LOCK_USERS_WEBHOOK: '' });

  const id = await on.request({ reason: 'from a device' });

  expect(lockedUsers()).toBe(0);
  expect(await on.runs()).toMatchObject([
    { id, status: 'refused', message: expect.stringContaining('LOCK_USERS_WEBHOOK') }
  ]);
  expect(await on.report({ kind: 'test', task: 'lock_users' })).toMatchObject({ status: 'done' });
  expect(lockedUsers()).toBe(4);
});

test('a webhook of an object that is not there, or of a model without one, is refused', async () => {
  await startWith(1);

  const nobody = { kind: 'webhook', model: 'lock_run', id: 'nobody' } as const;
  await expect(on.trigger(nobody)).rejects.toThrow('There is no lock_run with the id "nobody".');
  await expect(on.trigger({ ...nobody, model: 'lock_rum' })).rejects.toThrow('There is no model "lock_rum".');
  const [user] = on.platform.backend.users();
  await expect(on.trigger({ kind: 'webhook', model: 'user', id: user?.id ?? '' })).rejects.toThrow(
    'The model "user" has no webhook to CloudCode.'
  );
});

test('a web request is answered at once with the id of the run that it orders', async () => {
  await startWith(8, {}, IN_PROCESSES);

  const send = (): Promise<Response> => on.web('{"reason":"from outside"}', { 'Idempotency-Key': 'order-1' });
  const answers = [];
  // The run may begin before the second one comes, which is then answered with what its record says.
  for (const statuses of [[202], [202, 200]]) {
    const response = await send();
    expect(statuses).toContain(response.status);
    answers.push((await response.json()) as { runId: string });
  }
  await on.platform.runtime.idle();
  const late = await send();

  expect(answers[1]?.runId).toBe(answers[0]?.runId);
  expect([late.status, await late.json()]).toMatchObject([
    200,
    { runId: answers[0]?.runId, status: 'done', startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) }
  ]);
  expect(lockedUsers()).toBe(8);
  expect(await on.runs()).toMatchObject([{ ...recorded, run_id: answers[0]?.runId, requested_by: 'web request' }]);
});

test('another task orders a run on a queue', async () => {
  await startWith(8);

  const params = { requestedBy: 'another task' };
  const report = await on.report({ kind: 'enqueue', task: 'lock_users', queue: 'lock_users', params });

  expect(report).toMatchObject({ status: 'done', counts: { locked: 8 } });
  expect(await on.runs()).toMatchObject([{ ...recorded, requested_by: 'another task' }]);
});

test('ten triggers of all kinds at the same moment lock everybody once', async () => {
  await startWith(400, {}, { schedules: [SCHEDULE] });
  const { backend, runtime } = on.platform;
  const body = { lock_run: { status: 'requested' } };
  const order = { kind: 'enqueue', task: 'lock_users' } as const;

  await Promise.all([
    ...[1, 2].map(() => on.trigger({ kind: 'test', task: 'lock_users', params: { batchSize: 50 } })),
    ...[1, 2].map(() => on.trigger({ kind: 'schedule', task: 'lock_users' })),
    ...[1, 2].map(() => callBackend(backend, 'POST', 'objects/lock_run.json', body)),
    ...[1, 2].map(() => on.web('{}')),
    ...['lock_users', 'another'].map((queue) => on.trigger({ ...order, queue }))
  ]);
  await runtime.idle();

  expect(lockedUsers()).toBe(400);
  const operations = backend.requests().flatMap((request) => request.body?.match(/"user_id":"[^"]*"/g) ?? []);
  expect(operations).toHaveLength(400);
  expect(new Set(operations).size).toBe(400);
  const runs = await on.runs();
  expect(runs).toHaveLength(10);
  expect(runs.filter(({ locked }) => locked === 400)).toHaveLength(1);
  for (const { status, locked } of runs) {
    expect(['done', 'refused']).toContain(status);
    if (locked !== 400) expect(locked).toBe(0);
  }
});

test('in an app without the models for records two locks at once lock everybody, and neither reports a failure', async () => {
  on = await LocalPlatform.startWithoutRecords();
  on.platform.backend.seed({ users: 40 });

  const reports = await Promise.all([1, 2].map(() => on.report({ kind: 'test', task: 'lock_users' })));

  for (const { status, counts } of reports) {
    expect(status).toBe('done');
    expect((counts.locked ?? 0) + (counts.alreadyLocked ?? 0)).toBe(40);
  }
  expect(on.platform.backend.state().lockedUsers).toBe(40);
  expect(on.log).toContain('No record: this run cannot be undone or stopped.');
});

test('without its two variables the task uses the credentials of the runtime, and the log says so', async () => {
  await startWith(0);
  const backend = await startBackend();
  const log: string[] = [];
  try {
    backend.seed({ users: 3 });
    const result = await runTask({
      taskFolder: join(__dirname, '..', '..', 'dist', 'lock_users'),
      environment: { LOCK_USERS_ARMED: 'true' },
      backend,
      onLog: (line) => log.push(line)
    });

    expect(result).toMatchObject({ status: 'returned', result: { status: 'done', counts: { locked: 3 } } });
    expect((result as unknown as { result: Report }).result.deployment.backendId).toBe(backend.backendId);
    expect(log).toContain('Address and token from the CloudCode runtime (this.backend)');
    expect(log.join('\n')).not.toContain(backend.token);
    expect(new Set(backend.requests().map(({ authScheme }) => authScheme))).toEqual(new Set(['Token']));
  } finally {
    await backend.close();
  }
});
