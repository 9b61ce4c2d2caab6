import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';
import { ENDED, REFUSED, RUNNING } from '../support/shown-runs';

let operator: LocalOperator;
afterEach(() => operator.close());

test('who is out is 0, however the last run ended, and a lock of before says when it is undone', async () => {
  operator = await LocalOperator.start();
  const evening = { ...ENDED, status: 'done', unlock_at: '2100-01-01T05:00:00Z', unlock_run_id: 'morning' };
  await operator.createRun(evening);
  await operator.createRun(REFUSED);

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

test('the status of a run that has ended has its exit code, and that of another one 0', async () => {
  operator = await LocalOperator.start();
  await operator.createRun(ENDED);
  await operator.createRun(RUNNING);

  expect(await operator.call('status')).toMatchObject({ code: 0, json: { runId: 'now', next: 'lock-users stop now' } });
  expect(await operator.call('status', 'before')).toMatchObject({
    code: 5,
    json: { status: 'partial', message: 'Two are not known.', next: 'lock-users undo before' }
  });
  expect((await operator.call('status', 'nothing')).stderr).toContain('There is no run "nothing"');
});

test('a plan is followed by a plan, and not by an undo of it, nor by a lock that could mean more people', async () => {
  operator = await LocalOperator.start();
  await operator.createRun({ ...ENDED, status: 'planned', locked: 0, unconfirmed: 0 });

  expect(await operator.call('status')).toMatchObject({ code: 0, json: { runId: 'before', next: 'lock-users plan' } });
});

test('without a run it is shown who is out, and who is not, beside the last run', async () => {
  operator = await LocalOperator.start();
  const { userIds } = operator.backend.seed({ users: 3 });
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });
  await operator.createRun(ENDED);

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
  operator = await LocalOperator.start();
  operator.backend.seed({ users: 25 });

  const { stdout } = await operator.open({ isTerminal: true }).call('status');

  expect(stdout.match(/^ {2}[0-9a-f-]{36} /gm)).toHaveLength(20);
  expect(stdout).toMatch(/^ {2}and 5 more$/m);
});
