import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { userId } from '../support/user-id';
import { VEHICLES } from './fixtures/vehicles';

let backend: RunningBackend;
beforeEach(async () => {
  backend = await startBackend({ schemaPath: VEHICLES });
});
afterEach(() => backend.close());

const call = (method: string, path: string, body?: unknown) => callBackend(backend, method, path, body);
const plates = (answer: { json: Record<string, unknown> }): unknown =>
  (answer.json['objects'] as { plate?: string }[]).map(({ plate }) => plate);

async function addVehicles(): Promise<void> {
  const vehicles = [
    { plate: 'B', seats: 2, depot_id: userId(90) },
    { plate: 'a', seats: 2 },
    { plate: 'C', seats: 1 }
  ];
  for (const [n, vehicle] of vehicles.entries()) await call('PUT', `objects/vehicle/${userId(n)}.json`, { vehicle });
}

// Source: the vendor's client sends every filtered query so (client source).
test('a query takes what the vendor’s client sends: an expression in brackets, nulls, and the order as a list', async () => {
  await addVehicles();
  const query = { expression: '(seats > ?)', arguments: [0], limit: null, skip: null };
  const post = async (sort: unknown): Promise<unknown> =>
    plates(await call('POST', 'objects/vehicle/query.json', { ...query, sort }));

  expect(await post([])).toEqual(['B', 'a', 'C']);
  expect(await post(['plate'])).toEqual(['a', 'B', 'C']);
  expect(await post(['seats', '-plate'])).toEqual(['C', 'B', 'a']);
  expect(await post({ seats: -1, plate: 'asc' })).toEqual(['a', 'B', 'C']);
});

// Source: assumed; the vendor's client checks names before it sends them.
test.each([[['colour']], [['-']], [[7]], ['plate'], [{ plate: 0 }]])(
  'a query ordered by %j is refused',
  async (sort) => {
    const answer = await call('POST', 'objects/vehicle/query.json', { expression: 'seats > ?', arguments: [0], sort });

    expect(answer).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
  }
);

// Source: client.md, observed: `depot = ?` becomes `depot_id = null`, and selects who has no depot.
test('a query about a relation without a value selects the objects that lack it (client source)', async () => {
  await addVehicles();
  const query = { expression: '(depot_id = ?)', arguments: [null], sort: ['plate'] };

  expect(plates(await call('POST', 'objects/vehicle/query.json', query))).toEqual(['a', 'C']);
});

// Source: "Query objects".
test('"contains" heeds letter case in an address (documented)', async () => {
  await addVehicles();

  expect(plates(await call('GET', 'objects/vehicle.json?q[plate.contains]=a'))).toEqual(['a']);
  expect(plates(await call('GET', 'objects/vehicle.json?q[plate.contains]=A'))).toEqual([]);
});

// Source: samples of "Limit and skip" and "Update a single object" have plural names.
test('the plural of a model’s name stands for the model (documented sample)', async () => {
  const path = `objects/vehicles/${userId(1)}.json`;
  const { json } = await call('POST', 'objects/vehicles.json', { vehicle: { id: userId(1), plate: 'B 7' } });

  expect(json).toMatchObject({ type: 'vehicle', plate: 'B 7' });
  expect((await call('PATCH', path, { vehicle: { seats: 2 } })).json).toMatchObject({ plate: 'B 7', seats: 2 });
  expect((await call('GET', 'objects/vehicles.json?q[seats]=2')).json).toMatchObject({ count: 1 });
  expect((await call('GET', `objects/vehicle/${userId(1)}.json`)).status).toBe(200);
  expect((await call('DELETE', path)).status).toBe(200);
  expect((await call('GET', path)).status).toBe(404);
  expect((await call('GET', 'objects/vehicless.json')).json).toMatchObject({ type: 'ROUTE_ERROR' });
});

test('a user who is deleted by the plural name is wiped as by the other (documented)', async () => {
  const [id = ''] = backend.seed({ users: 1 }).userIds;

  await call('DELETE', `objects/users/${id}.json`);

  expect(backend.user(id)).toBeUndefined();
  expect(backend.state()).toMatchObject({ users: 0, resetSessions: 1 });
});

// Source: "Introduction": a body without a Content-Type is a form.
test.each([{ 'Content-Type': 'application/x-www-form-urlencoded' }, { 'Content-Type': '' }])(
  'an object is created from a form with the header %j (documented; the form of lists is assumed)',
  async (headers) => {
    const form =
      'vehicle[plate]=B+7&vehicle[seats]=3&vehicle[electric]=true&vehicle[grade]=7&vehicle[equipment][]=ramp&vehicle[equipment][]=hook';

    const { json } = await callBackend(backend, 'POST', 'objects/vehicle.json', form, headers);

    expect(json).toMatchObject({
      plate: 'B 7',
      seats: 3,
      electric: { key: true },
      grade: { key: 7 },
      equipment: [{ key: 'ramp' }, { key: 'hook' }]
    });
  }
);

test('a form that names no field of the model, as JSON without its header does, is refused', async () => {
  const headers = { 'Content-Type': '' };
  const answer = await callBackend(backend, 'POST', 'objects/vehicle.json', '{"vehicle":{"plate":"B 7"}}', headers);

  expect(answer).toMatchObject({
    status: 400,
    json: { type: 'INVALID_API_REQUEST', detail: expect.stringContaining('read as a form') }
  });
  expect((await call('GET', 'objects/vehicle.json')).json).toMatchObject({ count: 0 });
});
