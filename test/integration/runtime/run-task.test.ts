import { join } from 'node:path';
import { runTask } from '../../../tasks/local/runtime/run-task';
import { SourceTask } from '../../support/SourceTask';

let task: SourceTask;
beforeAll(async () => {
  task = await SourceTask.start();
});
afterAll(() => task.close());

test('parameters and the result make a JSON round trip', async () => {
  const result = await task.run('return { params, isDate: params.at instanceof Date, gone: undefined };', {
    params: { at: new Date(0), list: [1, null] }
  });

  expect(result).toMatchObject({
    status: 'returned',
    result: { params: { at: '1970-01-01T00:00:00.000Z', list: [1, null] }, isDate: false }
  });
});

test('without parameters run is called with undefined, and no result is null', async () => {
  expect(await task.run('return params === undefined;')).toMatchObject({ status: 'returned', result: true });
  expect(await task.run('')).toMatchObject({ status: 'returned', result: null });
});

test('the process’s environment holds the deployment’s variables and nothing else, and no token is in sight', async () => {
  const result = await task.run('return { env: process.env, argv: process.argv.concat(process.execArgv) };', {
    environment: { A: '1' }
  });

  expect(result).toMatchObject({ result: { env: { A: '1' } } });
  const names = Object.keys((result as { result: { env: object } }).result.env);
  expect(
    names.filter(
      (name) => !['A', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID'].includes(name)
    )
  ).toEqual([]);
  expect(JSON.stringify(result)).not.toContain(task.backend.token);
});

test('DB, CloudCode and fetch are globals', async () => {
  const result = await task.run(
    'return [typeof DB.user.all, typeof DB.nothing, typeof DB.Batch, typeof CloudCode, typeof fetch, fetch.name];'
  );

  expect(result).toMatchObject({ result: ['function', 'undefined', 'function', 'object', 'function', 'fetch'] });
});

test('lines come as they are printed, all of them before the end', async () => {
  const lines: string[] = [];

  await task.run(
    'console.log("one"); console.error("two"); for (let i = 0; i < 2000; i++) console.log("x".repeat(99)); console.log("last");',
    {
      onLog: (line) => lines.push(line)
    }
  );

  expect(lines).toEqual(expect.arrayContaining(['one', 'two', 'last']));
  expect(lines).toHaveLength(2003);
});

test('open timers do not keep a task alive that has returned', async () => {
  expect(await task.run('setInterval(() => {}, 1000); return 1;')).toMatchObject({ status: 'returned', result: 1 });
});

test('parameters over 5 MB are refused', async () => {
  await expect(task.run('', { params: 'x'.repeat(5 * 1024 * 1024) })).rejects.toThrow('more than 5 MB');
});

test('a folder without a built task is refused, and how to build it is told', async () => {
  const run = runTask({ taskFolder: join(task.folder, 'nowhere'), environment: {}, backend: task.backend });

  await expect(run).rejects.toThrow(/There is no built task in .*nowhere\. Build it with "npm run build"\./);
});

test('a task has no channel to the process that runs it', async () => {
  expect(await task.run('return [typeof process.send];')).toMatchObject({ result: ['undefined'] });
});

test('where the data model cannot be read, the requests of DB fail with the reason', async () => {
  const result = await task.run('return DB.user.where("role = ?", "driver").orderBy("id").toArray();', {
    backend: { url: task.backend.url, token: 'wrong' }
  });

  expect(result).toMatchObject({
    status: 'threw',
    error: { message: 'The data model could not be read: GET datamodel.json failed with status 401' }
  });
});
