import { gzipSync } from 'node:zlib';
import { HttpBackendApi, MAX_ANSWER_BYTES } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import { buildLockOperation } from '../../cloudcode/lock_users/src/requests/lock-batch';
import { matchResults } from '../../cloudcode/lock_users/src/requests/match-results';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import { StubBackend } from '../support/StubBackend';
import { userId } from '../support/user-id';

const TOKEN = ['not', 'a', 'real', 'one'].join('-');
const TIMEOUT_MS = 10_000;
const stub = new StubBackend();
let api: HttpBackendApi;

beforeAll(async () => {
  const backendUrl = await stub.start();
  api = new HttpBackendApi({ backendUrl, token: new Secret(TOKEN), authScheme: 'Bearer' }, systemClock);
});
afterAll(() => stub.stop());

test.each(['{"label":"', '{"type":"', '[[[[[[[[', '   '])(
  'an answer of %s without an end ends the request and its connection',
  async (beginning) => {
    const closed = new Promise((resolve) => {
      stub.answer = () => (response) => {
        response.on('close', resolve);
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.write(beginning);
        const piece = beginning.repeat(Math.ceil(1_000_000 / beginning.length));
        const goOn = (): void => {
          while (!response.destroyed && response.write(piece));
          response.once('drain', goOn);
        };
        goOn();
      };
    });

    await expect(api.readUserStates(1000, 0, TIMEOUT_MS)).rejects.toMatchObject({
      code: 'BACKEND_PROTOCOL',
      details: { network: 'too large', message: 'GET users was answered with more than 32 MB.' }
    });
    await closed;
  }
);

test('a compressed answer counts as it unfolds', async () => {
  const body = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1, ' '));
  stub.answer = () => (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    response.end(body);
  };

  await expect(api.readDeployment(TIMEOUT_MS)).rejects.toMatchObject({ details: { network: 'too large' } });
});

const A_MILLION_LEVELS = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
const readPage = (): Promise<unknown> => api.readUserStates(1000, 0, TIMEOUT_MS);
const lockOne = async (): Promise<unknown> =>
  matchResults([userId(1)], await api.postBatch([buildLockOperation(userId(1))], TIMEOUT_MS));

test.each<[string, number, string, () => Promise<unknown>, object]>([
  ['the answer itself', 200, 'DEEP', () => api.readDeployment(TIMEOUT_MS), { code: 'BACKEND_PROTOCOL' }],
  ['the users', 200, '{"objects":DEEP,"more":false}', readPage, { users: [], malformed: 1 }],
  ['the id of a user', 200, '{"objects":[{"id":DEEP}],"more":false}', readPage, { users: [], malformed: 1 }],
  ['sessions', 200, '{"objects":[{"id":"a","sessions":DEEP}],"more":false}', readPage, { users: [{ userId: 'a' }] }],
  ['the operations of a batch', 200, '{"operations":DEEP}', lockOne, [{ kind: 'unconfirmed' }]],
  ['the error of an operation', 200, '{"operations":[{"error":DEEP}]}', lockOne, [{ reason: { type: 'UNKNOWN' } }]],
  ['an error', 400, '{"type":DEEP}', readPage, { code: 'BACKEND_REJECTED' }],
  // Where the token may stand in it, every value is looked at, which is not possible at that depth.
  ['an answer with an escape', 200, '{"a":"\\u0041","objects":DEEP}', readPage, { code: 'BACKEND_PROTOCOL' }]
])('nesting of a million levels in %s breaks nothing', async (_name, status, body, request, expected) => {
  stub.answer = () => ({ status, body: body.replace('DEEP', A_MILLION_LEVELS) });

  expect(await request().catch((error: unknown) => error)).toMatchObject(expected);
});
