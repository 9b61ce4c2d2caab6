import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises';
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
  '{"backendId":"64b0c0ffee64b0c0ffee64b0","users":[],"deletedUsers":[],"objects":{"ghost":[]}}',
  '{"backendId":"64b0c0ffee64b0c0ffee64b0","users":[],"deletedUsers":[],"objects":{},"orders":[{"at":1}]}'
])('a data file that holds %j is refused and left as it is', async (content) => {
  const dataFile = join(folder, 'broken.json');
  await writeFile(dataFile, content);

  await expect(startBackend({ dataFile })).rejects.toThrow(/broken\.json cannot be used: .* Name another file/);
  expect(await readFile(dataFile, 'utf8')).toBe(content);
});

test('two processes never have one data file, and a lock that nobody holds any more is taken over', async () => {
  const dataFile = join(folder, 'shared.json');
  const first = await startBackend({ dataFile });
  await expect(startBackend({ dataFile })).rejects.toThrow(
    `The data file ${dataFile} is used by process ${process.pid}. Stop that one, name another file, or delete ${dataFile}.lock if no backend runs.`
  );
  await first.close();

  // A process that has ended.
  await writeFile(`${dataFile}.lock`, String(spawnSync(process.execPath, ['-e', '']).pid));
  const second = await startBackend({ dataFile });
  await second.close();

  expect((await readdir(folder)).filter((name) => name.startsWith('shared'))).toEqual(['shared.json']);
});

test('a symbolic link is refused, with what it points to, and both stay as they were', async () => {
  const [target, link, dangling] = [
    join(folder, 'target.json'),
    join(folder, 'link.json'),
    join(folder, 'dangling.json')
  ];
  await (await startBackend({ dataFile: target })).close();
  const content = await readFile(target, 'utf8');
  await symlink(target, link);
  await symlink(join(folder, 'gone'), dangling);

  const path = await realpath(target);
  await expect(startBackend({ dataFile: link })).rejects.toThrow(
    `The data file ${link} cannot be used: it is a symbolic link to ${path}.`
  );
  await expect(startBackend({ dataFile: dangling })).rejects.toThrow('it is a symbolic link to nothing');
  expect([await readFile(target, 'utf8'), await readlink(link)]).toEqual([content, target]);
});

test.each([
  ['in a folder that is not there', 'nowhere/state.json', 'ENOENT'],
  ['in the place of a folder', '.', 'EISDIR'],
  ['below a file', 'file/state.json', 'ENOTDIR']
])('a data file %s is told in one sentence, and nothing is left', async (_name, path, reason) => {
  await writeFile(join(folder, 'file'), '');
  const before = await readdir(folder);

  await expect(startBackend({ dataFile: join(folder, path) })).rejects.toThrow(
    new RegExp(`^The data file .* cannot be used: ${reason}[^\\n]*Name another file`)
  );
  expect(await readdir(folder)).toEqual(before);
});

test('a port that is taken gives the data file free again', async () => {
  const dataFile = join(folder, 'port.json');
  const holder = await startBackend();
  await expect(startBackend({ dataFile, port: Number(new URL(holder.origin).port) })).rejects.toThrow('EADDRINUSE');

  await (await startBackend({ dataFile })).close();
  await holder.close();
});

test('a file that can no longer be written is told once, and the backend goes on until it can', async () => {
  const inner = join(folder, 'inner');
  await mkdir(inner);
  const dataFile = join(inner, 'state.json');
  const problems: string[] = [];
  const backend = await startBackend({ dataFile, onProblem: (sentence) => problems.push(sentence) });
  const told = async (count: number): Promise<void> => {
    while (problems.length < count) await new Promise((resolve) => setImmediate(resolve));
  };

  await rm(inner, { recursive: true });
  backend.seed({ users: 1 });
  await told(1);
  expect((await callBackend(backend, 'GET', 'users')).status).toBe(200);
  await mkdir(inner);
  backend.seed({ users: 1 });
  await told(2);
  await rm(inner, { recursive: true });

  await expect(backend.close()).rejects.toThrow(`The newest changes are lost: the data file ${dataFile}`);
  expect(problems).toEqual([
    expect.stringContaining(`${dataFile} cannot be written: ENOENT`),
    `The data file ${dataFile} is written again.`,
    expect.stringContaining('cannot be written: ENOENT')
  ]);
});
