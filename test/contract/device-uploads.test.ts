import { randomUUID } from 'node:crypto';
import { callBackend } from '../support/call-backend';
import { DeviceCalls, inspection } from '../support/DeviceCalls';

// Source: none; the protocol of real devices is published nowhere. That a device which was signed out uploads nothing is assumed.

let calls: DeviceCalls;
afterEach(() => calls.backend.close());

test('rows are stored as objects, and a row that comes again is stored once', async () => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();
  const row = { ...inspection('Tyres'), values: { vehicle: 'Van 1', note: 'Tyres', inspector_id: calls.userId } };

  expect((await calls.tell('upload', { rows: [row, inspection('Lamp')] }, credentials)).json).toEqual({ stored: 2 });
  expect((await calls.tell('upload', { rows: [row] }, credentials)).json).toEqual({ stored: 1 });

  const object = await callBackend(calls.backend, 'GET', `objects/inspection/${row.id}.json`);
  expect(object.json).toMatchObject({ vehicle: 'Van 1', note: 'Tyres', inspector_id: calls.userId, display: 'Van 1' });
  expect(calls.countInspections()).toBe(2);
});

test.each<[string, unknown, string]>([
  ['a list', undefined, 'INVALID_API_REQUEST'],
  ['rows that are objects', [null], 'INVALID_API_REQUEST'],
  ['a type', [{ ...inspection('x'), type: undefined }], 'INVALID_API_REQUEST'],
  ['a model that exists', [{ ...inspection('x'), type: 'ghost' }], 'INVALID_API_REQUEST'],
  ['a UUID', [{ ...inspection('x'), id: 'one' }], 'INVALID_API_REQUEST'],
  ['values', [{ ...inspection('x'), values: [] }], 'INVALID_API_REQUEST'],
  ['fields of the model', [{ ...inspection('x'), values: { colour: 'red' } }], 'INVALID_VALUE'],
  ['values of the right type', [{ ...inspection('x'), values: { note: 3 } }], 'INVALID_VALUE']
])('an upload needs %s, or nothing of it is stored', async (_name, rows, type) => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();

  const answer = await calls.tell(
    'upload',
    { rows: Array.isArray(rows) ? [inspection('good'), ...rows] : rows },
    credentials
  );

  expect(answer).toMatchObject({ status: type === 'INVALID_VALUE' ? 422 : 400, json: { type } });
  expect(calls.countInspections()).toBe(0);
});

test.each([
  ['LOCKED', { wipe: false }],
  ['RESET', { wipe: true }]
])('a session that is %s uploads nothing', async (state, body) => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();
  await calls.post('lock', body);

  const answer = await calls.tell('upload', { rows: [inspection('x')] }, credentials);

  expect(answer).toMatchObject({ status: 403, json: { state } });
  expect(calls.countInspections()).toBe(0);
});

test('a row that a device uploads makes the webhooks of its model fire', async () => {
  const deliveries: unknown[] = [];
  calls = await DeviceCalls.start({ onWebhook: (delivery) => deliveries.push(delivery) });
  const row = { type: 'lock_run', id: randomUUID(), values: { action: 'lock', status: 'requested' } };

  await calls.tell('upload', { rows: [row] }, await calls.enroll());

  expect(deliveries).toMatchObject([{ task: 'lock_users' }]);
});

test.each([
  [true, 'LOCKED'],
  [false, 'RESET']
])('leaving the app with keep_data %j makes the session %s, and leaving again changes nothing', async (keep, state) => {
  calls = await DeviceCalls.start();
  const credentials = await calls.enroll();

  expect((await calls.tell('leave', { keep_data: keep }, credentials)).json).toEqual({ state });
  expect(calls.sessions()).toMatchObject([{ state, signed_out_at: '2026-03-02T06:00:00Z' }]);
  expect(calls.backend.user(calls.userId)?.locked).toBe(false);

  expect((await calls.tell('leave', { keep_data: !keep }, credentials)).json).toEqual({ state });
});

test('leaving the app must say whether data is kept', async () => {
  calls = await DeviceCalls.start();

  expect((await calls.tell('leave', { keep_data: 'false' }, await calls.enroll())).status).toBe(400);
  expect(calls.sessions()).toMatchObject([{ state: 'ENROLLED' }]);
});
