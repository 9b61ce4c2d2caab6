import { randomUUID } from 'node:crypto';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { callDevice, enrollDevice } from '../support/call-device';
import type { DeviceCredentials } from '../support/call-device';

let backend: RunningBackend;
let userId: string;
let nowMs: number;

async function start(options: BackendOptions = {}): Promise<void> {
  nowMs = Date.parse('2026-03-02T06:00:00Z');
  backend = await startBackend({ nowMs: () => nowMs, ...options });
  userId = backend.seed({ users: 1, neverEnrolled: 1 }).userIds[0] ?? '';
}
afterEach(() => backend.close());

const enroll = (): Promise<DeviceCredentials> => enrollDevice(backend, userId, 'tablet');
const tell = (action: string, body: unknown, credentials?: DeviceCredentials) =>
  callDevice(backend, action, body, credentials);
const post = (path: string, body: object = {}) => callBackend(backend, 'POST', `users/${userId}/${path}`, body);
const sessions = () => backend.user(userId)?.sessions ?? [];
const inspection = (note: string) => ({ type: 'inspection', id: randomUUID(), values: { vehicle: 'Van 1', note } });
const countInspections = (): number | undefined => backend.state().objects['inspection'];

test('rows are stored as objects, and a row that comes again is stored once', async () => {
  await start();
  const credentials = await enroll();
  const row = { ...inspection('Tyres'), values: { vehicle: 'Van 1', note: 'Tyres', inspector_id: userId } };

  expect((await tell('upload', { rows: [row, inspection('Lamp')] }, credentials)).json).toEqual({ stored: 2 });
  expect((await tell('upload', { rows: [row] }, credentials)).json).toEqual({ stored: 1 });

  const object = await callBackend(backend, 'GET', `objects/inspection/${row.id}.json`);
  expect(object.json).toMatchObject({ vehicle: 'Van 1', note: 'Tyres', inspector_id: userId, display: 'Van 1' });
  expect(countInspections()).toBe(2);
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
  await start();
  const credentials = await enroll();

  const answer = await tell(
    'upload',
    { rows: Array.isArray(rows) ? [inspection('good'), ...rows] : rows },
    credentials
  );

  expect(answer).toMatchObject({ status: 400, json: { type } });
  expect(countInspections()).toBe(0);
});

test.each([
  ['LOCKED', { wipe: false }],
  ['RESET', { wipe: true }]
])('a session that is %s uploads nothing', async (state, body) => {
  await start();
  const credentials = await enroll();
  await post('lock', body);

  const answer = await tell('upload', { rows: [inspection('x')] }, credentials);

  expect(answer).toMatchObject({ status: 403, json: { state } });
  expect(countInspections()).toBe(0);
});

test('a row that a device uploads makes the webhooks of its model fire', async () => {
  const deliveries: unknown[] = [];
  await start({ onWebhook: (delivery) => deliveries.push(delivery) });
  const row = { type: 'lock_run', id: randomUUID(), values: { action: 'lock', status: 'requested' } };

  await tell('upload', { rows: [row] }, await enroll());

  expect(deliveries).toMatchObject([{ task: 'lock_users' }]);
});

test.each([
  [true, 'LOCKED'],
  [false, 'RESET']
])('leaving the app with keep_data %j makes the session %s, and leaving again changes nothing', async (keep, state) => {
  await start();
  const credentials = await enroll();

  expect((await tell('leave', { keep_data: keep }, credentials)).json).toEqual({ state });
  expect(sessions()).toMatchObject([{ state, signed_out_at: '2026-03-02T06:00:00Z' }]);
  expect(backend.user(userId)?.locked).toBe(false);

  expect((await tell('leave', { keep_data: !keep }, credentials)).json).toEqual({ state });
});

test('leaving the app must say whether data is kept', async () => {
  await start();

  expect((await tell('leave', { keep_data: 'false' }, await enroll())).status).toBe(400);
  expect(sessions()).toMatchObject([{ state: 'ENROLLED' }]);
});
