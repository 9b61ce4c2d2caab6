import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { formatDisplay } from '../../tasks/local/backend/state/format-display';
import { callBackend } from '../support/call-backend';
import type { Answer } from '../support/call-backend';
import { userId } from '../support/user-id';
import { VEHICLES } from './fixtures/vehicles';

// Source: "Field representation" and "Error responses" of the vendor's documentation, unless a test names another.

const DEPOT = userId(1);

let backend: RunningBackend;
beforeEach(async () => {
  backend = await startBackend({ schemaPath: VEHICLES });
  await callBackend(backend, 'PUT', `objects/depot/${DEPOT}.json`, { depot: { name: 'North' } });
});
afterEach(() => backend.close());

const create = (vehicle: object): Promise<Answer> => callBackend(backend, 'POST', 'objects/vehicle.json', { vehicle });

test.each<[string, unknown, unknown]>([
  ['plate', 'B 7', 'B 7'],
  ['weight', 3.5, 3.5],
  ['seats', 42, 42],
  ['electric', true, { key: true, display: 'Yes' }],
  ['electric', false, { key: false, display: 'No' }],
  ['rented', true, { key: true, display: 'Rented' }],
  ['kind', 'van', { key: 'van', display: 'Van' }],
  ['grade', 1, { key: 1, display: 'Fair' }],
  [
    'equipment',
    ['hook', 'ramp'],
    [
      { key: 'hook', display: 'Hook' },
      { key: 'ramp', display: 'Ramp' }
    ]
  ],
  ['zones', [2], [{ key: 2, display: 'Outskirts' }]],
  ['equipment', [], []],
  ['depot_id', DEPOT, DEPOT],
  ['built', '2016-02-27', '2016-02-27'],
  ['built', '2016-02-27T23:59:59-05:00', '2016-02-27'],
  ['built', '20160227', '2016-02-27'],
  ['checked_at', '2016-02-22T14:00:53Z', '2016-02-22T14:00:53Z'],
  ['checked_at', '2016-02-22T16:00:53+02:00', '2016-02-22T14:00:53Z'],
  ['checked_at', '2016-02-22T16:00+0200', '2016-02-22T14:00:00Z'],
  ['checked_at', '20160222T140053Z', '2016-02-22T14:00:53Z'],
  ['checked_at', '2016-02-22', '2016-02-22T00:00:00Z']
])('the field %s set to %j is shown as %j (documented)', async (field, given, shown) => {
  expect((await create({ [field]: given })).json[field]).toEqual(shown);
});

test.each<[string, string]>([
  ['2016-02-22T14:00:53.999Z', '2016-02-22T14:00:53Z'],
  ['2016-02-22T14:00:53,9Z', '2016-02-22T14:00:53Z'],
  ['2016-02-22T14:00:53', '2016-02-22T14:00:53Z']
])('the time %s is shown as %s (assumed: a part of a second is dropped, no zone is UTC)', async (given, shown) => {
  expect((await create({ checked_at: given })).json).toMatchObject({ checked_at: shown });
});

test.each<[string, unknown]>([
  ['plate', 7],
  ['weight', '3.5'],
  ['seats', 3.7],
  ['electric', 'true'],
  ['electric', 1],
  ['built', '2016-02-30'],
  ['built', 'yesterday'],
  ['built', 20160227],
  ['checked_at', '2016-02-22T25:00:00Z'],
  ['checked_at', '2016-02-30T14:00:00Z'],
  ['checked_at', '14:00'],
  ['kind', 'bike'],
  ['grade', '1'],
  ['grade', 5],
  ['equipment', 'ramp'],
  ['equipment', ['sail']],
  ['zones', ['1']],
  ['depot_id', 'north'],
  ['depot', DEPOT]
])('the field %s does not take %j: 422 INVALID_VALUE (documented)', async (field, value) => {
  expect(await create({ [field]: value })).toMatchObject({ status: 422, json: { type: 'INVALID_VALUE' } });
});

test('in a batch a value that does not fit fails its operation alone, in the same words (documented sample)', async () => {
  const object = { type: 'vehicle', id: userId(3), kind: 'bike' };
  const operations = [
    { method: 'put', object },
    { method: 'put', object: { ...object, kind: 'van' } }
  ];

  const { status, json } = await callBackend(backend, 'POST', 'batch.json', { operations });

  const identity = { method: 'put', object: { type: 'vehicle', id: userId(3) } };
  const error = {
    type: 'INVALID_VALUE',
    title: expect.any(String),
    detail: expect.any(String),
    see: expect.any(String)
  };
  expect(status).toBe(200);
  expect(json['operations']).toEqual([
    { ...identity, success: false, error },
    { ...identity, success: true }
  ]);
});

test.each([
  [0, 'Good'],
  [1, 'Fair'],
  [7, 'Worn'],
  [8, 'Broken']
])('the option %i of an integer choice is "%s": without a key it counts on (client source)', async (key, display) => {
  expect((await create({ grade: key })).json).toMatchObject({ grade: { key, display } });
});

test('a field that has no value is not shown, and one that is cleared is so no longer (documented)', async () => {
  const { json } = await create({ plate: 'B 7', seats: null });
  expect(Object.keys(json).sort()).toEqual(['display', 'id', 'plate', 'type', 'updated_at']);

  const path = `objects/vehicle/${String(json['id'])}.json`;
  const patched = await callBackend(backend, 'PATCH', path, { vehicle: { plate: null, seats: 3 } });
  expect(Object.keys(patched.json).sort()).toEqual(['display', 'id', 'seats', 'type', 'updated_at']);
});

test('display follows relations, and shows labels of choices (client source)', async () => {
  const { json: vehicle } = await create({ plate: 'B 7', depot_id: DEPOT });
  expect(vehicle['display']).toBe('B 7 (North)');

  const trip = { purpose: 'move', urgent: true, vehicle_id: vehicle['id'] };
  const { json } = await callBackend(backend, 'POST', 'objects/trip.json', { trip });
  expect(json['display']).toBe('Removal Yes North by B 7 (North)');
});

test('display leaves out a relation that leads nowhere (assumed)', async () => {
  expect((await create({ plate: 'B 7' })).json['display']).toBe('B 7 ()');
  expect((await create({ plate: 'B 7', depot_id: userId(2) })).json['display']).toBe('B 7 ()');
});

test('an object that displays itself does not hang the backend (assumed)', () => {
  const belongsTo = new Map([['a', { name: 'a', model: 'a' }]]);
  const parts = { fields: new Map(), hasMany: new Map(), webhooks: [] };
  const model = { name: 'a', label: 'A', display: 'a{a}', belongsTo, ...parts };
  const object = { model, values: new Map([['a_id', DEPOT]]) };

  expect(formatDisplay(object, () => object)).toMatch(/^a+$/);
});
