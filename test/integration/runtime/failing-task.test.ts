import type { TaskRun } from '../../../tasks/local/runtime/TaskRun';
import { SourceTask } from '../../support/SourceTask';

let task: SourceTask;
beforeAll(async () => {
  task = await SourceTask.start();
});
afterAll(() => task.close());

test('what a task throws is in the result, with its code', async () => {
  const result = await task.run('throw Object.assign(new TypeError("no"), { code: "X" });');

  expect(result).toMatchObject({ status: 'threw', error: { name: 'TypeError', message: 'no', code: 'X' } });
});

test.each<[string, string, string]>([
  [
    'a proxy that throws at every touch',
    'const t = new Proxy({}, { get() { throw 1; } }); throw new Proxy({}, t);',
    '{}'
  ],
  ['a rejection with null', 'Promise.reject(null); await new Promise((r) => setTimeout(r, 60000));', 'null']
])('%s that a task throws is told as thrown', async (_name, body, message) => {
  expect(await task.run(body)).toMatchObject({
    status: 'threw',
    error: { message: expect.stringContaining(message), name: 'Error' }
  });
});

test('a web task that throws what cannot be shown is answered with 500, and its log is whole', async () => {
  const lines: string[] = [];
  const web = { method: 'POST', url: '/', headers: {}, body: '' };

  const result = await task.runSource(
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
  expect(await task.run(body)).toMatchObject({ status: 'threw', error: { message: expect.stringContaining(message) } });
});

test('a task without run, and one that does not load, are errors of the task', async () => {
  expect(await task.runSource('exports.go = 1;')).toMatchObject({
    error: { message: 'The task does not export a function "run".' }
  });
  expect(await task.runSource('syntax error')).toMatchObject({ status: 'threw', error: { name: 'SyntaxError' } });
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
  expect(await task.run(body, options)).toMatchObject({ status: 'killed', reason });
});

test('a task can be stopped while it runs', async () => {
  const abort = new AbortController();

  const result = await task.run('console.log("up"); await new Promise(() => setTimeout(() => {}, 60000));', {
    signal: abort.signal,
    onLog: () => abort.abort()
  });

  expect(result).toMatchObject({ status: 'killed', reason: 'aborted' });
});

test('a promise that nothing will settle ends the task at once, not at the time limit', async () => {
  expect(await task.run('await new Promise(() => undefined);')).toMatchObject({ status: 'killed', reason: 'crashed' });
});
