import { WITHOUT_RECORDS } from '../support/app-schema';
import { LocalOperator } from '../support/LocalOperator';
import { ENDED, REFUSED, RUNNING } from '../support/shown-runs';

let operator: LocalOperator;
afterEach(() => operator.close());

test('runs are listed with the newest first, and the one that has not ended is the next to look at', async () => {
  operator = await LocalOperator.start();
  expect(await operator.call('runs')).toMatchObject({ code: 0, json: { runs: [], next: 'lock-users plan' } });
  expect(await operator.call('status')).toMatchObject({ code: 0, json: { next: 'lock-users plan' } });
  await operator.createRun(ENDED);
  await operator.createRun(RUNNING);

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

test('however many runs were refused since, the last one is the one that is at work: it is shown, listed and stopped', async () => {
  operator = await LocalOperator.start();
  const running = await operator.createRun({
    ...RUNNING,
    lease_expires_at: new Date(Date.now() + 60_000).toISOString()
  });
  await operator.createRun(ENDED);
  for (let i = 0; i < 21; i++) await operator.createRun({ ...REFUSED, run_id: `no ${i}` });

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
  expect(await operator.listAskedToStop()).toEqual([running]);
});

test('a refused run is as old as its ending, and one that nobody dated is the oldest', async () => {
  operator = await LocalOperator.start();
  await operator.createRun({ ...REFUSED, run_id: 'older', finished_at: '2025-12-01T00:00:00Z' });
  await operator.createRun(ENDED);
  await operator.createRun(REFUSED);
  await operator.createRun({ status: 'refused', run_id: 'undated', action: 'lock' });

  const { json } = await operator.call('runs');

  const runs = json['runs'] as { readonly runId: string }[];
  expect(runs.map(({ runId }) => runId)).toEqual(['no', 'before', 'older', 'undated']);
});

test('of runs of the same second the lock that is not undone counts as the newest of those that have ended', async () => {
  operator = await LocalOperator.start();
  const at = { action: 'lock', started_at: '2026-02-02T00:00:00Z' };
  for (let i = 0; i < 6; i++) {
    await operator.createRun({ ...at, status: 'planned', run_id: `plan ${i}`, finished_at: '2026-02-02T00:00:00Z' });
  }
  for (let i = 0; i < 6; i++)
    await operator.createRun({ ...REFUSED, ...at, run_id: `no ${i}`, finished_at: '2026-02-02T00:00:00Z' });
  const done = { ...at, status: 'done', finished_at: '2026-02-02T00:00:00Z' };
  for (let i = 0; i < 3; i++) {
    await operator.createRun({ ...done, action: 'reauthenticate', run_id: `out ${i}` });
    await operator.createRun({ ...done, run_id: `undone ${i}`, locked: 2, undone_by: `undo ${i}` });
  }
  await operator.createRun({ ...done, run_id: 'lock', locked: 2 });
  expect(await operator.call('status')).toMatchObject({ json: { runId: 'lock' } });

  await operator.createRun({ ...at, status: 'running', run_id: 'now' });
  const { json } = await operator.call('runs');
  expect((json['runs'] as { readonly runId: string }[]).slice(0, 2)).toMatchObject([
    { runId: 'now' },
    { runId: 'lock' }
  ]);
});

test('a run that is at work is listed without the plan, which is written down at its end', async () => {
  operator = await LocalOperator.start();
  await operator.createRun({ ...RUNNING, planned: null, locked: 700 });

  expect((await operator.call('runs')).json['runs']).toMatchObject([{ done: 700, planned: null }]);
  const { stdout } = await operator.open({ isTerminal: true }).call('runs');
  expect(stdout).toMatch(/^now +\S+ +lock +running +700 +- +-$/m);
});

test.each(['xyz', 'last'])(
  'an undo of "%s", where there is no such run, is followed by the list of runs',
  async (run) => {
    operator = await LocalOperator.start();
    operator.configure({ variables: { LOCK_USERS_PROTECTED: 'none' } });
    operator.backend.seed({ users: 2 });

    const { code, json } = await operator.call('undo', run, '--direct', '--confirm', '2');

    expect({ code, json }).toMatchObject({ code: 3, json: { status: 'refused', next: 'lock-users runs' } });
  }
);

test('an app that keeps no runs is said so', async () => {
  operator = await LocalOperator.start({ schema: WITHOUT_RECORDS });
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
