import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../../tasks/local/backend/start-backend';
import { runTask } from '../../../tasks/local/runtime/run-task';
import type { TaskRun, TaskRunResult } from '../../../tasks/local/runtime/TaskRun';

let backend: RunningBackend;
let folder: string;

beforeAll(async () => {
  backend = await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'task-'));
});
afterAll(async () => {
  await backend.close();
  await rm(folder, { recursive: true });
});

/** Runs a task whose `run` has this body. */
async function run(body: string, options: Partial<TaskRun> = {}): Promise<TaskRunResult> {
  return runSource(`exports.run = async function (params) { ${body} };`, options);
}

async function runSource(source: string, options: Partial<TaskRun> = {}): Promise<TaskRunResult> {
  await writeFile(join(folder, 'index.js'), source);
  return runTask({ taskFolder: folder, environment: {}, backend, ...options });
}

test('parameters and the result make a JSON round trip', async () => {
  const result = await run('return { params, isDate: params.at instanceof Date, gone: undefined };', {
    params: { at: new Date(0), list: [1, null] }
  });

  expect(result).toMatchObject({
    status: 'returned',
    result: { params: { at: '1970-01-01T00:00:00.000Z', list: [1, null] }, isDate: false }
  });
});

test('without parameters run is called with undefined, and no result is null', async () => {
  expect(await run('return params === undefined;')).toMatchObject({ status: 'returned', result: true });
  expect(await run('')).toMatchObject({ status: 'returned', result: null });
});

test('the process’s environment holds the deployment’s variables and nothing else, and no token is in sight', async () => {
  const result = await run('return { env: process.env, argv: process.argv.concat(process.execArgv) };', {
    environment: { A: '1' }
  });

  expect(result).toMatchObject({ result: { env: { A: '1' } } });
  const names = Object.keys((result as { result: { env: object } }).result.env);
  expect(
    names.filter(
      (name) => !['A', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE', 'NODE_UNIQUE_ID'].includes(name)
    )
  ).toEqual([]);
  expect(JSON.stringify(result)).not.toContain(backend.token);
});

test('DB, CloudCode and fetch are globals', async () => {
  const result = await run(
    'return [typeof DB.user.all, typeof DB.nothing, typeof DB.Batch, typeof CloudCode, typeof fetch, fetch.name];'
  );

  expect(result).toMatchObject({ result: ['function', 'undefined', 'function', 'object', 'function', 'fetch'] });
});

test('lines come as they are printed, all of them before the end', async () => {
  const lines: string[] = [];

  await run(
    'console.log("one"); console.error("two"); for (let i = 0; i < 2000; i++) console.log("x".repeat(99)); console.log("last");',
    {
      onLog: (line) => lines.push(line)
    }
  );

  expect(lines).toEqual(expect.arrayContaining(['one', 'two', 'last']));
  expect(lines).toHaveLength(2003);
});

test('what a task throws is in the result, with its code', async () => {
  const result = await run('throw Object.assign(new TypeError("no"), { code: "X" });');

  expect(result).toMatchObject({ status: 'threw', error: { name: 'TypeError', message: 'no', code: 'X' } });
});

test.each<[string, string, string]>([
  ['an object without a prototype', 'throw Object.assign(Object.create(null), { why: "no" });', "{ why: 'no' }"],
  ['a plain object', 'throw { type: "X", detail: { n: 1 } };', "{ type: 'X', detail: { n: 1 } }"],
  ['an error whose message is a BigInt', 'throw Object.assign(new Error(), { message: 5n });', '5n'],
  [
    'an error whose members throw',
    'const fail = { get() { throw new Error("trap"); } };' +
      'throw Object.defineProperties(new Error("no"), { stack: fail, code: fail, message: fail, name: fail });',
    'an error without a message that can be read'
  ],
  [
    'an object that will not be shown',
    'throw { [Symbol.for("nodejs.util.inspect.custom")]() { throw 1; }, toString: null, why: "no" };',
    "why: 'no'"
  ],
  [
    'a proxy that throws at every touch',
    'const t = new Proxy({}, { get() { throw 1; } }); throw new Proxy({}, t);',
    '{}'
  ],
  ['a symbol', 'throw Symbol("no");', 'Symbol(no)'],
  ['nothing', 'throw undefined;', 'undefined'],
  ['a rejection with null', 'Promise.reject(null); await new Promise((r) => setTimeout(r, 60000));', 'null']
])('%s that a task throws is told as thrown', async (_name, body, message) => {
  expect(await run(body)).toMatchObject({
    status: 'threw',
    error: { message: expect.stringContaining(message), name: 'Error' }
  });
});

test('a web task that throws what cannot be shown is answered with 500, and its log is whole', async () => {
  const lines: string[] = [];
  const web = { method: 'POST', url: '/', headers: {}, body: '' };

  const result = await runSource(
    `exports.authenticate = () => { throw Object.assign(Object.create(null), {
       why: 'no', [Symbol.for('nodejs.util.inspect.custom')]() { throw 1; } }); };`,
    { web, onLog: (line) => lines.push(line) }
  );

  expect(result).toMatchObject({ status: 'returned', result: { status: 500 } });
  expect(lines.join()).toContain("why: 'no'");
});

test.each<[string, string, string]>([
  ['a result that is no JSON', 'const a = {}; a.a = a; return a;', 'circular'],
  ['a BigInt', 'return 1n;', 'BigInt'],
  ['a function', 'return () => 1;', 'returned a function, which is not JSON'],
  [
    'a rejection that nobody handles',
    'Promise.reject(new Error("lost")); await new Promise(() => setTimeout(() => {}, 60000));',
    'lost'
  ]
])('%s is an error of the task', async (_name, body, message) => {
  expect(await run(body)).toMatchObject({ status: 'threw', error: { message: expect.stringContaining(message) } });
});

test('a task without run, and one that does not load, are errors of the task', async () => {
  expect(await runSource('exports.go = 1;')).toMatchObject({
    error: { message: 'The task does not export a function "run".' }
  });
  expect(await runSource('syntax error')).toMatchObject({ status: 'threw', error: { name: 'SyntaxError' } });
});

test.each<[string, string, Partial<TaskRun>, string]>([
  ['hangs', 'await new Promise(() => setTimeout(() => {}, 60000));', { timeLimitMs: 1500 }, 'time limit'],
  ['is busy for ever', 'for (;;);', { timeLimitMs: 1500 }, 'time limit'],
  [
    'fills the memory',
    'const a = []; for (;;) a.push(new Array(1000).fill(a.length));',
    { memoryLimitMb: 40 },
    'memory limit'
  ],
  ['exits', 'process.exit(0);', {}, 'crashed'],
  ['is stopped before it starts', '', { signal: AbortSignal.abort() }, 'aborted']
])('a task that %s is killed or gone, and the reason is told', async (_name, body, options, reason) => {
  expect(await run(body, options)).toMatchObject({ status: 'killed', reason });
});

test('a task can be stopped while it runs', async () => {
  const abort = new AbortController();

  const result = await run('console.log("up"); await new Promise(() => setTimeout(() => {}, 60000));', {
    signal: abort.signal,
    onLog: () => abort.abort()
  });

  expect(result).toMatchObject({ status: 'killed', reason: 'aborted' });
});

test('open timers do not keep a task alive that has returned', async () => {
  expect(await run('setInterval(() => {}, 1000); return 1;')).toMatchObject({ status: 'returned', result: 1 });
});

test('parameters over 5 MB are refused', async () => {
  await expect(run('', { params: 'x'.repeat(5 * 1024 * 1024) })).rejects.toThrow('more than 5 MB');
});

test('a folder without a built task is refused, and how to build it is told', async () => {
  const run = runTask({ taskFolder: join(folder, 'nowhere'), environment: {}, backend });

  await expect(run).rejects.toThrow(/There is no built task in .*nowhere\. Build it with "npm run build"\./);
});

test('a promise that nothing will settle ends the task at once, not at the time limit', async () => {
  expect(await run('await new Promise(() => undefined);')).toMatchObject({ status: 'killed', reason: 'crashed' });
});

test('a task has no channel to the process that runs it', async () => {
  expect(await run('return [typeof process.send];')).toMatchObject({ result: ['undefined'] });
});

test('where the data model cannot be read, the requests of DB fail with the reason', async () => {
  const result = await run('return DB.user.where("role = ?", "driver").orderBy("id").toArray();', {
    backend: { url: backend.url, token: 'wrong' }
  });

  expect(result).toMatchObject({
    status: 'threw',
    error: { message: 'The data model could not be read: GET datamodel.json failed with status 401' }
  });
});

/** Whether the process is there and is no zombie that nobody has waited for. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

async function waitUntilGone(pid: number): Promise<void> {
  while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

const SLEEPER = 'spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { stdio: "inherit" })';

test('a process that a task leaves behind ends with it and does not delay the result', async () => {
  const result = await run(`return require("node:child_process").${SLEEPER}.pid;`);

  expect(result).toMatchObject({ status: 'returned', result: expect.any(Number) });
  await waitUntilGone((result as { result: number }).result);
});

test.each([
  ['a task', 'exports.run = () => new Promise((r) => setTimeout(r, 60000, console.log(process.pid)));'],
  ['a task that is busy for ever', 'exports.run = () => { console.log(process.pid); for (;;); };'],
  [
    'a process that a busy task has started',
    `const { spawn } = require("node:child_process");
     exports.run = () => { console.log(${SLEEPER}.pid); for (;;); };`
  ]
])('%s ends when the process that started it is killed', async (_name, body) => {
  await writeFile(join(folder, 'index.js'), body);
  const source = `
    const { runTask } = require(${JSON.stringify(require.resolve('../../../tasks/local/runtime/run-task'))});
    void runTask({ taskFolder: ${JSON.stringify(folder)}, environment: {}, backend: { url: ${JSON.stringify(backend.url)}, token: 'x' }, onLog: console.log });
  `;
  const parent = spawn(process.execPath, ['--import', 'tsx', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  expect(isRunning(pid)).toBe(true);

  parent.kill('SIGKILL');

  await waitUntilGone(pid);
});
