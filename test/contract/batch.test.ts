import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';

// Source: "Batch operations" of the vendor's documentation: the limit, the order, a result for each operation, stop_on_error. The method
// `users/lock` is shown by the vendor's staff in its forum. What a switch decides is published nowhere.

let backend: RunningBackend;
let userIds: readonly string[];

async function start(switches: BackendOptions['switches'] = {}, users = 3): Promise<void> {
  backend = await startBackend({ switches });
  ({ userIds } = backend.seed({ users }));
}
afterEach(() => backend.close());

const DEPOT = '11111111-2222-4333-8444-555555555501';
const post = (body: unknown, headers?: Record<string, string>) =>
  callBackend(backend, 'POST', 'batch.json', body, headers);
const lockOf = (id: string | undefined): object => ({ method: 'users/lock', user_id: id, wipe: false });

test.each([0, 1, 999, 1000])('a batch of %i operations is carried out', async (count) => {
  await start({}, 1000);

  const answer = await post({ operations: userIds.slice(0, count).map(lockOf) });

  expect(answer.status).toBe(200);
  expect(answer.json['operations']).toHaveLength(count);
  expect(backend.state()).toMatchObject({ lockedUsers: count, operations: count, lockRequests: count > 0 ? 1 : 0 });
});

test.each<['plain' | 'json', number, string]>([
  ['plain', 413, 'Request Entity Too Large'],
  ['json', 400, 'INVALID_API_REQUEST']
])(
  'with overLimitError=%s a batch of 1001 is answered with %i and changes nothing',
  async (overLimitError, status, text) => {
    await start({ overLimitError }, 1001);

    const answer = await post({ operations: userIds.map(lockOf) });

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(backend.state()).toMatchObject({ lockedUsers: 0, operations: 0 });
  }
);

test('results come in the order of the operations, each with its own success or error', async () => {
  await start();

  const { json } = await post({ operations: [lockOf(userIds[0]), lockOf('nobody'), lockOf(userIds[1])] });

  expect(json).toEqual({
    stop_on_error: false,
    operations: [
      { success: true },
      {
        success: false,
        error: expect.objectContaining({
          type: 'OBJECT_NOT_FOUND',
          detail: expect.any(String),
          see: expect.any(String)
        })
      },
      { success: true }
    ]
  });
});

test.each<['nothing' | 'ids' | 'all', object]>([
  ['nothing', {}],
  ['ids', { method: 'users/lock', user_id: 'ID' }],
  ['all', { method: 'users/lock', user_id: 'ID', wipe: false }]
])('with echo=%s a lock result repeats %j', async (echo, expected) => {
  await start({ echo });

  const { json } = await post({ operations: [lockOf(userIds[0])] });

  expect(JSON.stringify(json['operations'])).toBe(
    JSON.stringify([{ ...expected, success: true }]).replace('ID', userIds[0] ?? '')
  );
});

test('objects are created, replaced, changed and deleted in order', async () => {
  await start();
  const object = { type: 'depot', id: DEPOT };

  const { json } = await post({
    operations: [
      { method: 'post', object: { ...object, name: 'North' } },
      { method: 'patch', object: { ...object, name: 'South' } },
      { method: 'post', object },
      { method: 'put', object },
      { method: 'delete', object },
      { method: 'delete', object },
      { method: 'patch', object: { ...object, colour: 'red' } }
    ]
  });

  expect(json['operations']).toEqual([
    { method: 'post', object, success: true },
    { method: 'patch', object, success: true },
    { method: 'post', object, success: false, error: expect.objectContaining({ type: 'INVALID_API_REQUEST' }) },
    { method: 'put', object, success: true },
    { method: 'delete', object, success: true },
    { method: 'delete', object, success: false, error: expect.objectContaining({ type: 'OBJECT_NOT_FOUND' }) },
    { method: 'patch', object, success: false, error: expect.objectContaining({ type: 'OBJECT_NOT_FOUND' }) }
  ]);
});

test('a created user object can be locked in the same batch', async () => {
  await start();

  const { json } = await post({ operations: [{ method: 'post', object: { type: 'user', id: DEPOT } }, lockOf(DEPOT)] });

  expect(json['operations']).toMatchObject([{ success: true }, { success: true }]);
  expect(backend.user(DEPOT)).toEqual({ id: DEPOT, last_connected_at: null, enrolled: false, locked: true });
});

test.each<['omitted' | 'null' | 'marked', unknown[]]>([
  ['omitted', []],
  ['null', [null]],
  ['marked', [{ success: false }]]
])('with stop_on_error and stopOnErrorTail=%s nothing is done after the first error', async (stopOnErrorTail, tail) => {
  await start({ stopOnErrorTail });

  const { json } = await post({
    stop_on_error: true,
    operations: [lockOf(userIds[0]), lockOf('nobody'), lockOf(userIds[1])]
  });

  expect(json).toMatchObject({ stop_on_error: true });
  expect(json['operations']).toEqual([{ success: true }, expect.objectContaining({ success: false }), ...tail]);
  expect(backend.state().lockedUsers).toBe(1);
});

const BROKEN: [string, unknown][] = [
  ['an unknown method', { method: 'users/wipe', user_id: 'ID' }],
  ['no user_id', { method: 'users/lock', wipe: false }],
  ['no method', {}],
  ['null', null],
  ['text', 'users/lock'],
  ['an object without a type', { method: 'put', object: { id: DEPOT } }],
  ['an object without an id', { method: 'delete', object: { type: 'depot' } }]
];

test.each(BROKEN)('an operation with %s spoils the whole batch, and nothing is done', async (_name, operation) => {
  await start();

  const answer = await post({ operations: [lockOf(userIds[0]), operation] });

  expect(answer).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
  expect(backend.state().lockedUsers).toBe(0);
});

test.each(BROKEN)('with invalidOperation=per-operation an operation with %s fails alone', async (_name, operation) => {
  await start({ invalidOperation: 'per-operation' });

  const answer = await post({ operations: [lockOf(userIds[0]), operation] });

  expect(answer).toMatchObject({ status: 200, json: { operations: [{ success: true }, { success: false }] } });
});

test.each<[string, unknown, Record<string, string>]>([
  ['no JSON', '{"operations":[', {}],
  ['a list', [], {}],
  ['no operations', {}, {}],
  ['operations that are no list', { operations: {} }, {}],
  ['stop_on_error as text', { operations: [], stop_on_error: 'true' }, {}],
  ['another Content-Type', { operations: [] }, { 'Content-Type': 'text/plain' }]
])('a body with %s is 400', async (_name, body, headers) => {
  await start();

  expect(await post(body, headers)).toMatchObject({ status: 400, json: { type: 'INVALID_API_REQUEST' } });
});
