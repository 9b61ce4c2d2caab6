import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTasks } from '../../../tasks/build/build-tasks';
import { noteRunningPlatform } from '../../../tasks/local/running-platform-file';
import type { TaskRunResult } from '../../../tasks/local/runtime/TaskRun';
import { startPlatform } from '../../../tasks/local/start-platform';
import type { RunningPlatform } from '../../../tasks/local/start-platform';
import { runTrigger } from '../../../tasks/trigger/run-trigger';
import { standInLibraries } from '../../support/stand-in-libraries';

let platform: RunningPlatform;
let root: string;
let log: string[];
let abort: AbortController;
const libraries = standInLibraries();

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'trigger-'));
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'local', deployments: { local: {} } }));
  platform = await startPlatform({
    root,
    backend: {},
    deployment: { variables: { LABEL: 'set' } },
    onLog: (line) => log.push(line)
  });
  noteRunningPlatform(root, platform.note);
  log = [];
  abort = new AbortController();
});
afterEach(async () => {
  await platform.close();
  rmSync(root, { recursive: true });
});

/** Writes a task whose `run` has this body. */
function writeTask(name: string, body: string): void {
  const folder = join(root, 'cloudcode', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, cloudcode: { enabled: true } }));
  const globals = 'declare const CloudCode: { scheduleTask(options: object): Promise<void> };';
  writeFileSync(
    join(folder, 'index.ts'),
    `${globals}\nexport async function run(params: { n: number } = { n: 0 }): Promise<unknown> { ${body} }\n`
  );
}

async function trigger(task: string, onLog?: (line: string) => void): Promise<TaskRunResult | undefined> {
  // The trigger finds everything built; without the libraries it would read them again for each task.
  buildTasks({ root, libraries });
  const { finished } = await runTrigger({
    root,
    request: () => ({ kind: 'test', task }),
    environment: {},
    onSecret: () => undefined,
    onNotice: () => undefined,
    onLog: (line) => {
      log.push(line);
      onLog?.(line);
    },
    signal: abort.signal
  });
  return finished.at(-1)?.result;
}

test('a task that schedules itself runs until it does so no more, and the last result is the result', async () => {
  writeTask(
    'again',
    `console.log('run ' + params.n);
     if (params.n === 3) return { status: 'done', n: params.n, label: process.env.LABEL };
     await CloudCode.scheduleTask({ task: 'again', parameters: { n: params.n + 1 }, queue: 'again' });
     return { status: 'continued' };`
  );

  const result = await trigger('again');

  expect(result).toMatchObject({ status: 'returned', result: { status: 'done', n: 3, label: 'set' } });
  const scheduled = 'Scheduled: again on queue "again"';
  expect(log.filter((line) => line === scheduled)).toHaveLength(3);
  expect(log.filter((line) => line !== scheduled).sort()).toEqual(['run 0', 'run 1', 'run 2', 'run 3']);
});

test('a task schedules another, with its own parameters', async () => {
  writeTask('one', "await CloudCode.scheduleTask({ task: 'two', parameters: { n: 7 } }); return 1;");
  writeTask('two', 'return params;');

  expect(await trigger('one')).toMatchObject({ result: { n: 7 } });
  expect(log).toEqual(['Scheduled: two']);
});

test('a task that is not there is refused, and the tasks that are there are named', async () => {
  writeTask('one', "await CloudCode.scheduleTask({ task: 'tow' }); return 1;");
  writeTask('two', 'return 2;');

  expect(await trigger('one')).toMatchObject({
    status: 'threw',
    error: { message: 'CloudCode.scheduleTask: There is no enabled task "tow". There is one, two.' }
  });
  await expect(trigger('tow')).rejects.toThrow('There is no enabled task "tow". There is one, two.');
  expect(log).toEqual([]);
});

test('an earlier run that failed is told, and an abort while a task waits for its time ends with "aborted"', async () => {
  writeTask(
    'one',
    `await CloudCode.scheduleTask({ task: 'later', after: 3600000, queue: 'q' });
     await CloudCode.scheduleTask({ task: 'two' });
     throw new Error('no');`
  );
  writeTask('two', 'return 2;');
  writeTask('later', 'return 3;');

  const result = await trigger('one', (line) => {
    if (line.startsWith('An earlier run')) abort.abort();
  });

  expect(result).toMatchObject({ status: 'killed', reason: 'aborted' });
  expect(log).toEqual([
    'Scheduled: later on queue "q", in 1 h',
    'Scheduled: two',
    'An earlier run of one ended with an error: no'
  ]);
});

test('a scheduled task that crashes is run three times, and the triggered one once', async () => {
  writeTask('one', "await CloudCode.scheduleTask({ task: 'two' }); process.exit(1);");
  writeTask('two', "console.log('two'); process.exit(1);");

  expect(await trigger('one')).toMatchObject({ status: 'killed', reason: 'crashed' });
  expect(log.filter((line) => line === 'two')).toHaveLength(3);
  expect(log.filter((line) => line !== 'two').sort((a, b) => a.length - b.length)).toEqual([
    'Scheduled: two',
    'A run of two was killed: crashed.',
    'A run of two was killed: crashed.',
    'A run of two was killed: crashed.',
    'An earlier run of one was killed: crashed.'
  ]);
});
