import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SourceTask } from '../../support/SourceTask';

let task: SourceTask;
beforeAll(async () => {
  task = await SourceTask.start();
});
afterAll(() => task.close());

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
  const result = await task.run(`return require("node:child_process").${SLEEPER}.pid;`);

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
  task.write(body);
  const source = `
    const { runTask } = require(${JSON.stringify(require.resolve('../../../tasks/local/runtime/run-task'))});
    void runTask({ taskFolder: ${JSON.stringify(task.folder)}, environment: {}, backend: { url: ${JSON.stringify(task.backend.url)}, token: 'x' }, onLog: console.log });
  `;
  const parent = spawn(process.execPath, ['--import', 'tsx', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = Number(await new Promise<Buffer>((resolve) => parent.stdout.once('data', resolve)));
  expect(isRunning(pid)).toBe(true);

  parent.kill('SIGKILL');

  await waitUntilGone(pid);
});
