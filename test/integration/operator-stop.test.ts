import { SCHEMA } from '../support/app-schema';
import { LocalOperator } from '../support/LocalOperator';
import { ENDED, RUNNING } from '../support/shown-runs';

let operator: LocalOperator;
afterEach(() => operator.close());

test('"stop last" means what has not ended: nothing, the one that waits, or none of several that do', async () => {
  operator = await LocalOperator.start();
  await operator.createRun(ENDED);
  expect(await operator.call('stop', 'last')).toMatchObject({ code: 0, json: { next: 'lock-users runs' } });
  const terminal = await operator.open({ isTerminal: true }).call('stop', 'last');
  expect(terminal.stdout).toBe('No run is under way, so there was nothing to stop.\n');

  const id = await operator.createRun({ status: 'requested' });
  expect(await operator.call('stop', 'last')).toMatchObject({
    code: 0,
    json: { runId: id, next: `lock-users status ${id}` }
  });
  expect(await operator.call('status', id)).toMatchObject({ code: 0, json: { runId: id, status: 'requested' } });

  const other = await operator.createRun({ status: 'requested' });
  const { code, stderr } = await operator.call('stop', 'last');
  expect(code).toBe(2);
  expect(stderr).toContain('2 runs wait to be begun. Name the one that is meant: ');
  for (const each of [id, other]) expect(stderr).toContain(each);
});

test('a run is asked to stop in its record, and one that has ended is left alone', async () => {
  operator = await LocalOperator.start();
  const now = await operator.createRun(RUNNING);
  await operator.createRun(ENDED);

  expect((await operator.call('stop', 'now')).code).toBe(0);
  expect((await operator.call('stop', 'before')).json).toMatchObject({ exitCode: 0, status: 'partial' });
  const terminal = await operator.open({ isTerminal: true }).call('stop', 'before');
  expect(terminal.stdout).toBe('Run before has ended already (partial), so there was nothing to stop.\n');

  expect(await operator.listAskedToStop()).toEqual([now]);
});

test('a stop of a run in an environment that is not the one of the settings is refused, and the run is not asked', async () => {
  operator = await LocalOperator.start();
  await operator.createRun(RUNNING);
  operator.configure({ environment: 'production' });

  const { code, stderr } = await operator.call('stop', 'now');

  expect({ code, says: stderr.includes('says "testing"') }).toEqual({ code: 2, says: true });
  expect(await operator.listAskedToStop()).toEqual([]);
});

test('an older copy of the model, or none, is said to have no stop', async () => {
  operator = await LocalOperator.start({ schema: SCHEMA.replace(/ *<field name="stop_requested".*\n/, '') });
  await operator.createRun(RUNNING);
  const { code, stderr } = await operator.call('stop', 'now');
  expect({ code, says: stderr.includes('no field stop_requested') }).toEqual({ code: 2, says: true });
});
