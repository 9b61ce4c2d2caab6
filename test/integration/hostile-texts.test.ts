import { PARAMETERS } from '../../cloudcode/lock_users/src/input/parameters';
import { VARIABLES } from '../../cloudcode/lock_users/src/input/variables';
import { HOSTILE, HostileWorld, LONG } from '../support/HostileWorld';
import { userId } from '../support/user-id';

let world: HostileWorld;
beforeEach(async () => {
  world = await HostileWorld.open();
});
afterEach(() => world.close());

/** Whether the text has come out at all: a test that loses it would show nothing. */
function expectClean(place: string): void {
  expect(world.findDirt()).toEqual([]);
  expect(
    world.outputs.some(({ where, text }) => where.startsWith(place) && text.includes('Result: done: 5 locked'))
  ).toBe(true);
}

const TEXTS = [
  ['short', HOSTILE],
  ['long', LONG]
] as const;

describe.each(TEXTS)('hostile text, %s,', (_name, text) => {
  test.each(Object.keys(PARAMETERS))('as the parameter "%s" is clean, whatever comes of it', async (name) => {
    await world.run({ [name]: text, verify: name === 'verify' ? text : false });

    expect(world.findDirt()).toEqual([]);
    expect(world.outputs.length).toBeGreaterThan(0);
  });

  test.each<[string, unknown]>([
    ['a name', { [text]: 1 }],
    ['a value of where', { where: ['a = ?', [[text]]] }],
    ['an id', { userIds: [text] }],
    ['an object in where', { where: ['a = ?', { [text]: text }] }],
    ['the parameters themselves', text],
    ['a list', [text]],
    ['the id in a webhook', { id: text, type: 'lock_run' }]
  ])('as %s of parameters is clean in the error', async (_place, params) => {
    await world.run(params);

    expectClean('error');
  });

  test.each(Object.keys(VARIABLES))('in the name and the value of the variable %s is clean', async (name) => {
    world.environment = { [name]: text, [`LOCK_USERS_${text}`]: 'x', [`LOCKED_USERS_${text}`]: text };
    await world.run();
    expectClean('error');

    expect(await world.post('{}')).toBe(503);
    expectClean('web response');
  });

  test('as label, environment, id and error of operations is clean in the log, the report and the record', async () => {
    world.users = [text, `${text}2`];
    const error = { type: text, title: text, detail: text, see: text };
    world.answers = {
      'GET info.json': { body: JSON.stringify({ label: text, environment: text, region: text }) },
      'POST batch.json': {
        body: JSON.stringify({
          operations: [
            { success: false, error },
            { success: false, error }
          ]
        })
      }
    };

    const report = await world.run({ verify: false, excludeUserIds: [] });

    expect(report).toMatchObject({ status: 'failed', counts: { failed: 2 } });
    for (const place of [
      'line',
      'last line',
      'report.failures',
      'report.deployment',
      'record.not_done',
      'record.user_ids',
      'record.report'
    ]) {
      expectClean(place);
    }
  });

  test.each([400, 401, 403, 404, 409, 422, 500, 503])('in the body of an answer with %i is clean', async (status) => {
    const body = JSON.stringify({ type: text, title: text, detail: text });
    for (const name of ['GET info.json', 'GET users', 'POST batch.json']) {
      world.answers = { [name]: { status, body } };
      await world.run({ verify: false });
      world.answers = { [name]: { status, body: text } };
      await world.run({ verify: false });
    }

    expectClean('report.stopReason');
    expectClean('line');
  });

  test.each<[string, unknown]>([
    ['an Error', new Error(text)],
    ['an Error with a type', Object.assign(new Error(text), { type: text, status: 400 })],
    ['an object', { detail: text, type: text }],
    ['errors of a batch', Object.assign(new Error(text), { errors: [{ error: { type: text, detail: text } }] })],
    ['a text', text]
  ])('as %s that DB rejects with is clean', async (_place, error) => {
    for (const model of ['user', 'lock_run']) {
      world.readError = { [model]: error };
      await world.run({ runId: 'run-1', verify: false });
      await world.run({ id: userId(3), type: 'lock_run' });
      expect(await world.post('{}', { 'Idempotency-Key': 'k' })).toBe(202);
    }
    world.readError = {};
    world.saveError = error;
    await world.run({ verify: false });

    expectClean('line');
    expectClean('report.stopReason');
  });

  test('as what the queue rejects with is clean, in the log and to the web', async () => {
    for (const error of [new Error(text), text, { message: text }]) {
      world.queueError = error;
      expect(await world.post('{}')).toBe(503);
    }

    expectClean('line');
    expectClean('web response');
  });

  test('in the fields of a requested run is clean, and what somebody typed stays theirs', async () => {
    const requested = { id: userId(3), status: 'requested', run_id: null, started_at: null };
    const typed = {
      reason: text,
      requested_by: text,
      action: text,
      parameters: JSON.stringify({ [text]: text, reason: text })
    };
    world.runs = [{ ...requested, ...typed }];
    await world.run({ id: userId(3), type: 'lock_run' });

    expectClean('error');
    expectClean('record.message');
    expect(world.runs[0]).toMatchObject(typed);
  });

  test('in the record of another run is clean where it keeps this one from running, or is undone', async () => {
    const other = {
      id: text,
      run_id: text,
      lease_holder: text,
      undone_by: text,
      message: text,
      report: text,
      action: text
    };
    const leaseUntil = new Date(Date.now() + 60_000);
    for (const status of ['running', 'done', text]) {
      world.runs = [{ ...other, status, lease_expires_at: status === 'running' ? leaseUntil : null }];
      world.batches = [
        { id: text, lock_run_id: text, run_id: text, action: 'lock', user_ids: JSON.stringify([text]), state: 'sent' }
      ];
      await world.run({ runId: 'run-1', verify: false });
      await world.run({ undo: 'run-1', verify: false });
      await world.run({ id: userId(3), type: 'lock_run' });
      await world.post('{}', { 'Idempotency-Key': 'k' });
      world.batches = [{ ...world.batches[0], user_ids: text }];
      await world.run({ undo: 'run-1', verify: false });
    }

    expectClean('report.stopReason');
    expectClean('line');
  });

  test('in a web request is clean in the answer', async () => {
    expect(await world.post(text)).toBe(400);
    expect(await world.post(JSON.stringify({ [text]: text }))).toBe(400);
    expect(await world.post('{}', { 'Idempotency-Key': text })).toBe(400);
    expect(await world.post('{}', {}, `/lock_users?${text}`)).toBe(400);

    expectClean('web response');
  });

  test('as a relation of the data model is clean', async () => {
    world.answers = {
      'GET datamodel.json': { body: JSON.stringify({ models: { user: { belongs_to: { [text]: {}, depot: {} } } } }) }
    };
    await world.run({ where: ['depot = ?', text], verify: false });

    expect(world.findDirt()).toEqual([]);
  });
});

test('a reason of many lines is one line of the log, and clean in report and record', async () => {
  const reason = HOSTILE;
  const report = await world.run({ reason, requestedBy: HOSTILE.slice(0, 90), verify: false });

  expect(report?.status).toBe('done');
  for (const place of ['line', 'last line', 'report.reason', 'record.reason', 'record.requested_by'])
    expectClean(place);
});
