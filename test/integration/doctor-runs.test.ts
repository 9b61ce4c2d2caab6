import { SCHEMA } from '../support/app-schema';
import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
afterEach(() => operator.close());

test('a clock that is wrong, a run that does nothing, another version and a webhook that is off each get a ✗', async () => {
  operator = await LocalOperator.start({ nowMs: () => Date.now() + 100_000 });
  await operator.createRun({ status: 'running', run_id: 'dead-run', lease_expires_at: '2020-01-01T00:00:00Z' });
  await operator.createRun({
    status: 'refused',
    run_id: 'old-run',
    version: '0.0.1',
    finished_at: '2026-01-01T00:00:00Z',
    message: 'Objects start no runs (LOCK_USERS_WEBHOOK).'
  });

  const { of } = await operator.examine();

  expect(of('clock')).toMatchObject([{ state: 'bad', what: expect.stringMatching(/(99|100) s behind/) as string }]);
  expect(of('open runs')).toMatchObject([{ state: 'bad', what: expect.stringContaining('dead-run') as string }]);
  expect(of('version')).toMatchObject([{ state: 'bad', what: expect.stringContaining('0.0.1') as string }]);
  expect(of('runs by objects')).toMatchObject([{ state: 'bad' }]);
});

test('the last run that an object has asked for shows whether objects start runs', async () => {
  operator = await LocalOperator.start();
  const create = (values: object): Promise<string> =>
    operator.createRun({ status: 'planned', run_id: 'by-a-schedule', report: '{}', ...values });
  const id = await create({ finished_at: '2026-01-02T00:00:00Z' });
  await create({ finished_at: '2026-01-04T00:00:00Z' });
  expect((await operator.examine()).of('runs by objects')).toMatchObject([{ state: 'unknown' }]);

  await operator.changeRun(id, { run_id: id });
  expect((await operator.examine()).of('runs by objects')).toMatchObject([{ state: 'ok' }]);

  await create({ status: 'refused', finished_at: '2026-01-03T00:00:00Z', message: 'See LOCK_USERS_WEBHOOK.' });
  expect((await operator.examine()).of('runs by objects')).toMatchObject([{ state: 'bad' }]);

  await operator.changeRun(id, { finished_at: '2026-01-05T00:00:00Z' });
  expect((await operator.examine()).of('runs by objects')).toMatchObject([{ state: 'ok' }]);
});

test('a run with the status "stopped" tells the version too, and does not count as open', async () => {
  operator = await LocalOperator.start();
  const stopped = { status: 'stopped', run_id: 'stopped-run', version: '0.0.1', finished_at: '2026-01-01T00:00:00Z' };
  await operator.createRun(stopped);

  const { of } = await operator.examine();

  expect(of('version')).toMatchObject([{ state: 'bad', what: expect.stringContaining('0.0.1') as string }]);
  expect(of('open runs')).toMatchObject([{ state: 'ok' }]);
});

test('a run whose users should have been let back in by now gets a ✗, and one that was undone does not', async () => {
  const field = '<field name="unlock_at" label="Unlock at" type="datetime"/>';
  const without = SCHEMA.replace(/ *<field name="unlock_at".*\n/, '');
  operator = await LocalOperator.start({
    schema: without.replace(/( *)<field name="version"/, `$1${field}\n$1<field name="version"`)
  });
  const values = { status: 'done', action: 'lock', unlock_at: '2020-01-01T00:00:00Z' };
  for (const run of [
    { ...values, run_id: 'late' },
    { ...values, run_id: 'undone', undone_by: 'another' },
    { ...values, run_id: 'planned', status: 'planned' },
    { ...values, run_id: 'to-come', unlock_at: '2999-01-01T00:00:00Z' }
  ]) {
    await operator.createRun(run);
  }

  const { of } = await operator.examine();

  expect(of('unlock times')).toMatchObject([{ state: 'bad', what: expect.stringMatching(/: late\.$/) as string }]);
});
