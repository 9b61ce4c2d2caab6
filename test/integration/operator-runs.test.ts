import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { OperatorBench } from '../support/OperatorBench';

const SCHEMA = readFileSync(join(__dirname, '..', '..', 'schema.xml'), 'utf8');
const STOP_FIELD = '<field name="stop_requested" label="Stop requested" type="boolean"/>';
const WITHOUT_STOP = SCHEMA.replace(/ *<field name="stop_requested".*\n/, '');

let operator: OperatorBench & { readonly backend: RunningBackend };
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'runs-'))));
afterEach(async () => {
  await operator.backend.close();
  operator.remove();
  rmSync(folder, { recursive: true });
});

async function start(schema = SCHEMA): Promise<void> {
  const schemaPath = join(folder, 'schema.xml');
  writeFileSync(schemaPath, schema);
  operator = await OperatorBench.start({ schemaPath });
}
const create = (values: object) => callBackend(operator.backend, 'POST', 'objects/lock_run.json', { lock_run: values });
const RUNNING = {
  status: 'running',
  run_id: 'now',
  action: 'lock',
  started_at: '2026-02-02T00:00:00Z',
  locked: 3,
  planned: 9
};
const ENDED = {
  status: 'partial',
  run_id: 'before',
  action: 'lock',
  started_at: '2026-01-01T00:00:00Z',
  planned: 4,
  locked: 2,
  unconfirmed: 2,
  message: 'Two are not known.'
};

test('runs are listed with the newest first, and the one that has not ended is the next to look at', async () => {
  await start();
  expect(await operator.call('runs')).toMatchObject({ code: 0, json: { runs: [], next: 'lock-users plan' } });
  expect(await operator.call('status')).toMatchObject({ code: 0, json: { next: 'lock-users plan' } });
  await create(ENDED);
  await create(RUNNING);

  const { code, json } = await operator.call('runs');

  expect(code).toBe(0);
  expect(json).toMatchObject({
    runs: [
      { runId: 'now', status: 'running', done: 3, planned: 9 },
      { runId: 'before', status: 'partial', done: 2 }
    ],
    next: 'lock-users status now'
  });
  const terminal = await operator.open({ isTerminal: true }).call('runs');
  expect(terminal.stdout).toMatch(
    /^RUN +STARTED +ACTION +STATUS +DONE +BACK IN AT +REQUESTED BY\nnow +2026-02-02T00:00:00.000Z +lock +running +3\/9 +- +-\n/
  );
});

/** Refused before it began, so that it never got a time at which it did. */
const REFUSED = { status: 'refused', run_id: 'no', action: 'lock', finished_at: '2026-02-03T00:00:00Z' };

test('however many runs were refused since, the last one is the one that is at work: it is shown, listed and stopped', async () => {
  await start();
  const { json: running } = await create({ ...RUNNING, lease_expires_at: new Date(Date.now() + 60_000).toISOString() });
  await create(ENDED);
  for (let i = 0; i < 21; i++) await create({ ...REFUSED, run_id: `no ${i}` });

  expect(await operator.call('status')).toMatchObject({ code: 0, json: { runId: 'now', next: 'lock-users stop now' } });
  expect(await operator.call('status', 'last')).toMatchObject({ json: { runId: 'now' } });
  const listed = await operator.call('runs');
  expect(listed.json).toMatchObject({ unlisted: 3, next: 'lock-users status now' });
  expect(listed.json['runs']).toHaveLength(20);
  expect((await operator.call('runs', '--limit', '30')).json).toMatchObject({
    unlisted: 0,
    runs: expect.arrayContaining([expect.objectContaining({ runId: 'before' })]) as unknown
  });
  const terminal = await operator.open({ isTerminal: true }).call('runs');
  expect(terminal.stdout).toContain('\nand 3 more: lock-users runs --limit 23\n');

  expect(await operator.call('stop', 'last')).toMatchObject({ code: 0, json: { runId: 'now' } });
  const { json } = await callBackend(operator.backend, 'GET', 'objects/lock_run.json');
  const asked = (json['objects'] as Record<string, unknown>[]).filter(({ stop_requested: stop }) => Boolean(stop));
  expect(asked.map(({ id }) => id)).toEqual([running['id']]);
});

test('a refused run is as old as its ending, and one that nobody dated is the oldest', async () => {
  await start();
  await create({ ...REFUSED, run_id: 'older', finished_at: '2025-12-01T00:00:00Z' });
  await create(ENDED);
  await create(REFUSED);
  await create({ status: 'refused', run_id: 'undated', action: 'lock' });

  const { json } = await operator.call('runs');

  const runs = json['runs'] as { readonly runId: string }[];
  expect(runs.map(({ runId }) => runId)).toEqual(['no', 'before', 'older', 'undated']);
});

test('of runs of the same second the lock that is not undone counts as the newest of those that have ended', async () => {
  await start();
  const at = { action: 'lock', started_at: '2026-02-02T00:00:00Z' };
  for (let i = 0; i < 6; i++) {
    await create({ ...at, status: 'planned', run_id: `plan ${i}`, finished_at: '2026-02-02T00:00:00Z' });
  }
  for (let i = 0; i < 6; i++)
    await create({ ...REFUSED, ...at, run_id: `no ${i}`, finished_at: '2026-02-02T00:00:00Z' });
  const done = { ...at, status: 'done', finished_at: '2026-02-02T00:00:00Z' };
  for (let i = 0; i < 3; i++) {
    await create({ ...done, action: 'reauthenticate', run_id: `out ${i}` });
    await create({ ...done, run_id: `undone ${i}`, locked: 2, undone_by: `undo ${i}` });
  }
  await create({ ...done, run_id: 'lock', locked: 2 });
  expect(await operator.call('status')).toMatchObject({ json: { runId: 'lock' } });

  await create({ ...at, status: 'running', run_id: 'now' });
  const { json } = await operator.call('runs');
  expect((json['runs'] as { readonly runId: string }[]).slice(0, 2)).toMatchObject([
    { runId: 'now' },
    { runId: 'lock' }
  ]);
});

test('who is out is 0, however the last run ended, and a lock of before says when it is undone', async () => {
  await start();
  const evening = { ...ENDED, status: 'done', unlock_at: '2100-01-01T05:00:00Z', unlock_run_id: 'morning' };
  await create(evening);
  await create(REFUSED);

  expect(await operator.call('status')).toMatchObject({
    code: 0,
    json: { runId: 'no', status: 'refused', next: 'lock-users doctor' }
  });
  expect(await operator.call('status', 'no')).toMatchObject({ code: 2, json: { status: 'refused' } });
  const terminal = await operator.open({ isTerminal: true }).call('status');
  expect(terminal.stdout).toContain(
    'The users of run before are let back in at 2100-01-01T05:00:00Z, by run morning.\n'
  );
  expect((await operator.call('runs')).json['runs']).toMatchObject([
    { runId: 'no', unlockAt: null },
    { runId: 'before', unlockAt: '2100-01-01T05:00:00Z' }
  ]);
});

test('"stop last" means what has not ended: nothing, the one that waits, or none of several that do', async () => {
  await start();
  await create(ENDED);
  expect(await operator.call('stop', 'last')).toMatchObject({ code: 0, json: { next: 'lock-users runs' } });
  const terminal = await operator.open({ isTerminal: true }).call('stop', 'last');
  expect(terminal.stdout).toBe('No run is under way, so there was nothing to stop.\n');

  const { json: waiting } = await create({ status: 'requested' });
  const id = String(waiting['id']);
  expect(await operator.call('stop', 'last')).toMatchObject({
    code: 0,
    json: { runId: id, next: `lock-users status ${id}` }
  });
  expect(await operator.call('status', id)).toMatchObject({ code: 0, json: { runId: id, status: 'requested' } });

  const { json: other } = await create({ status: 'requested' });
  const { code, stderr } = await operator.call('stop', 'last');
  expect(code).toBe(2);
  expect(stderr).toContain('2 runs wait to be begun. Name the one that is meant: ');
  for (const { id: each } of [waiting, other]) expect(stderr).toContain(String(each));
});

test('a run that is at work is listed without the plan, which is written down at its end', async () => {
  await start();
  await create({ ...RUNNING, planned: null, locked: 700 });

  expect((await operator.call('runs')).json['runs']).toMatchObject([{ done: 700, planned: null }]);
  const { stdout } = await operator.open({ isTerminal: true }).call('runs');
  expect(stdout).toMatch(/^now +\S+ +lock +running +700 +- +-$/m);
});

test('the status of a run that has ended has its exit code, and that of another one 0', async () => {
  await start();
  await create(ENDED);
  await create(RUNNING);

  expect(await operator.call('status')).toMatchObject({ code: 0, json: { runId: 'now', next: 'lock-users stop now' } });
  expect(await operator.call('status', 'before')).toMatchObject({
    code: 5,
    json: { status: 'partial', message: 'Two are not known.', next: 'lock-users undo before' }
  });
  expect((await operator.call('status', 'nothing')).stderr).toContain('There is no run "nothing"');
});

test('a plan is followed by a plan, and not by an undo of it, nor by a lock that could mean more people', async () => {
  await start();
  await create({ ...ENDED, status: 'planned', locked: 0, unconfirmed: 0 });

  expect(await operator.call('status')).toMatchObject({ code: 0, json: { runId: 'before', next: 'lock-users plan' } });
});

test('without a run it is shown who is out, and who is not, beside the last run', async () => {
  await start();
  const { userIds } = operator.backend.seed({ users: 3 });
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });
  await create(ENDED);

  const { json } = await operator.call('status');
  const { stdout } = await operator.open({ isTerminal: true }).call('status');

  expect(json).toMatchObject({ runId: 'before', whoIsOut: { unlocked: 2 } });
  expect(stdout).toMatch(/^unlocked +2$/m);
  const { users } = json['whoIsOut'] as {
    readonly users: readonly { readonly userId: string; readonly name: string }[];
  };
  const named = users.filter(({ userId }) => userId !== userIds[0]);
  expect(stdout).toMatch(/^Not known to be out:$/m);
  expect(named.map(({ userId }) => userId).sort()).toEqual([...userIds.slice(1)].sort());
  for (const { userId, name } of named) expect(stdout).toMatch(new RegExp(`^ {2}${userId}  ${name} +unlocked`, 'm'));
  expect(stdout).not.toMatch(/omitted|more/);
  expect(stdout).toContain('Run before (lock): partial');
  // The one of the test itself.
  expect(operator.backend.state().lockedUsers).toBe(1);
  expect((await operator.call('runs')).json['runs']).toHaveLength(1);
});

test('of more users than a status names the others are counted', async () => {
  await start();
  operator.backend.seed({ users: 25 });

  const { stdout } = await operator.open({ isTerminal: true }).call('status');

  expect(stdout.match(/^ {2}[0-9a-f-]{36} /gm)).toHaveLength(20);
  expect(stdout).toMatch(/^ {2}and 5 more$/m);
});

test('a run is asked to stop in its record, and one that has ended is left alone', async () => {
  await start(WITHOUT_STOP.replace(/( *)<field name="version"/, `$1${STOP_FIELD}\n$1<field name="version"`));
  const { json: now } = await create(RUNNING);
  await create(ENDED);

  expect((await operator.call('stop', 'now')).code).toBe(0);
  expect((await operator.call('stop', 'before')).json).toMatchObject({ exitCode: 0, status: 'partial' });
  const terminal = await operator.open({ isTerminal: true }).call('stop', 'before');
  expect(terminal.stdout).toBe('Run before has ended already (partial), so there was nothing to stop.\n');

  const { json } = await callBackend(operator.backend, 'GET', 'objects/lock_run.json');
  const asked = (json['objects'] as Record<string, unknown>[]).filter(({ stop_requested: stop }) => Boolean(stop));
  expect(asked.map(({ id }) => id)).toEqual([now['id']]);
});

test('a stop of a run in an environment that is not the one of the settings is refused, and the run is not asked', async () => {
  await start(WITHOUT_STOP.replace(/( *)<field name="version"/, `$1${STOP_FIELD}\n$1<field name="version"`));
  await create(RUNNING);
  operator.configure({ environment: 'production' });

  const { code, stderr } = await operator.call('stop', 'now');

  expect({ code, says: stderr.includes('says "testing"') }).toEqual({ code: 2, says: true });
  const { json } = await callBackend(operator.backend, 'GET', 'objects/lock_run.json');
  expect((json['objects'] as Record<string, unknown>[]).map(({ stop_requested: stop }) => Boolean(stop))).toEqual([
    false
  ]);
});

test('an older copy of the model, or none, is said to have no stop', async () => {
  await start(WITHOUT_STOP);
  await create(RUNNING);
  const { code, stderr } = await operator.call('stop', 'now');
  expect({ code, says: stderr.includes('no field stop_requested') }).toEqual({ code: 2, says: true });
});

test.each(['xyz', 'last'])(
  'an undo of "%s", where there is no such run, is followed by the list of runs',
  async (run) => {
    await start();
    operator.configure({ variables: { LOCK_USERS_PROTECTED: 'none' } });
    operator.backend.seed({ users: 2 });

    const { code, json } = await operator.call('undo', run, '--direct', '--confirm', '2');

    expect({ code, json }).toMatchObject({ code: 3, json: { status: 'refused', next: 'lock-users runs' } });
  }
);

test('an app that keeps no runs is said so', async () => {
  await start(SCHEMA.replace(/ {2}<model name="lock_run"[^]*(?=<\/data-model>)/, ''));
  for (const args of [
    ['runs'],
    ['status', 'now'],
    ['stop', 'now'],
    ['apply', '--confirm', '1'],
    ['undo', 'now', '--confirm', '1']
  ]) {
    const { code, stderr } = await operator.call(...args);
    expect({ args, code, says: stderr.includes('has no models lock_run') }).toEqual({ args, code: 2, says: true });
  }
});
