import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from '../support/call-backend';
import { callDevice, enrollDevice } from '../support/call-device';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backend-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a data file keeps users, sessions, objects and the id of the deployment', async () => {
  const dataFile = join(folder, 'state.json');
  const first = await startBackend({ dataFile });
  const { userIds } = first.seed({ users: 3, twoDevices: 1 });
  const operations = [{ method: 'users/lock', user_id: userIds[0], wipe: false }];
  await callBackend(first, 'POST', 'batch.json', { operations });
  await callBackend(first, 'DELETE', `objects/user/${userIds[2]}.json`);
  const [state, users] = [first.state(), first.users()];
  await first.close();

  const second = await startBackend({ dataFile });
  const object = await callBackend(second, 'GET', `objects/user/${userIds[0]}.json`);
  await second.close();

  expect(second.users()).toEqual(users);
  expect(second.backendId).toBe(first.backendId);
  expect(second.state()).toEqual({ ...state, requests: 1, lockRequests: 0, operations: 0 });
  expect(object.json).toMatchObject({ name: 'Amina Adams' });
  const text = await readFile(dataFile, 'utf8');
  expect([first.token, second.token].filter((token) => text.includes(token))).toEqual([]);
});

test('a data file keeps the credentials of devices, also of those whose user was deleted', async () => {
  const dataFile = join(folder, 'devices.json');
  const first = await startBackend({ dataFile });
  const [kept = '', gone = ''] = first.seed({ users: 2 }).userIds;
  const [ofKept, ofGone] = [await enrollDevice(first, kept, 'one'), await enrollDevice(first, gone, 'two')];
  await callBackend(first, 'DELETE', `objects/user/${gone}.json`);
  await first.close();

  const second = await startBackend({ dataFile });
  const answers = [await callDevice(second, 'connect', {}, ofKept), await callDevice(second, 'connect', {}, ofGone)];
  await second.close();

  expect(answers.map(({ json }) => json)).toEqual([{ state: 'ENROLLED' }, { state: 'RESET' }]);
});

test.each([
  '',
  '{"users":',
  '{"hello":1}',
  '{"backendId":"64b0c0ffee64b0c0ffee64b0","users":[],"deletedUsers":[],"objects":{"ghost":[]}}'
])('a data file that holds %j is refused and left as it is', async (content) => {
  const dataFile = join(folder, 'broken.json');
  await writeFile(dataFile, content);

  await expect(startBackend({ dataFile })).rejects.toThrow(/broken\.json cannot be used: .* Name another file/);
  expect(await readFile(dataFile, 'utf8')).toBe(content);
});
