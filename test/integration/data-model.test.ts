import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import { StubBackend } from '../support/StubBackend';
import type { StubAnswer } from '../support/StubBackend';
import { TaskOnBackend } from '../support/TaskOnBackend';

const TIMEOUT_MS = 10_000;
const stub = new StubBackend();
let api: HttpBackendApi;

beforeAll(async () => {
  const backendUrl = await stub.start();
  api = new HttpBackendApi({ backendUrl, token: new Secret('not-a-real-one'), authScheme: 'Bearer' }, systemClock);
});
afterAll(() => stub.stop());

test.each<[string, StubAnswer, readonly string[] | undefined]>([
  ['with relations', { body: '{"models":{"user":{"belongs_to":{"depot":{}}}}}' }, ['depot']],
  ['without any', { body: '{"models":{"user":{"belongs_to":{}}}}' }, []],
  ['without that model', { body: '{"models":{"depot":{"belongs_to":{}}}}' }, undefined],
  ['of another shape', { body: '{"models":null}' }, undefined],
  ['that is a list', { body: '[]' }, undefined],
  ['that is no JSON', { body: '<html>' }, undefined],
  ['that is not there', { status: 404, body: '{}' }, undefined]
])('a data model %s says which relations there are', async (_name, answer, relations) => {
  stub.answer = () => answer;

  await expect(api.readRelations('user', TIMEOUT_MS)).resolves.toEqual(relations);
});

test('a data model that the backend fails to give is asked for again', async () => {
  stub.answer = () => ({ status: 503, body: '{}' });

  await expect(api.readRelations('user', TIMEOUT_MS)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
});

test.each([
  ['with Age', { age: '0' }, true],
  ['without Age', {}, false]
])('a page %s says whether it came out of a cache', async (_name, headers, isCached) => {
  stub.answer = () => ({ body: '{"objects":[],"more":false}', headers });

  await expect(api.readUserStates(1000, 0, TIMEOUT_MS)).resolves.toMatchObject({ isCached });
});

test('the built task refuses a relation in "where", and takes the id of the related object', async () => {
  const on = await TaskOnBackend.start();
  try {
    on.backend.seed({ users: 20 });

    const refused = await on.lock({ where: ['depot = ?', '11111111-2222-4333-8444-555555555501'] });
    const nobody = await on.lock({ where: ['depot_id = ?', '11111111-2222-4333-8444-555555555501'] });

    expect(refused).toMatchObject({
      status: 'refused',
      stopReason: { code: 'INVALID_PARAMETERS', usersChanged: 'no' }
    });
    expect(nobody).toMatchObject({ status: 'refused', stopReason: { code: 'NOBODY_SELECTED' } });
    expect(on.backend.users().some(({ locked }) => locked)).toBe(false);
  } finally {
    await on.backend.close();
  }
});
