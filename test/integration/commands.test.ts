import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bench } from '../../tasks/bench/command';
import { measureLockUsers, SCENARIOS } from '../../tasks/bench/measure-pacing';
import { build } from '../../tasks/build/command';
import { chaos } from '../../tasks/chaos/command';
import { contract } from '../../tasks/contract/command';
import { local } from '../../tasks/local/command';
import { trigger } from '../../tasks/trigger/command';
import { CommandFolder } from '../support/CommandFolder';
import type { Command } from '../support/CommandFolder';
import { RecordedIo } from '../support/RecordedIo';

let folder: CommandFolder;
beforeAll(() => {
  folder = new CommandFolder();
});
afterAll(() => folder.remove());

function run(command: string, args?: string[]): Command {
  return folder.run(command, args);
}

type Name = 'local' | 'build' | 'trigger' | 'chaos' | 'bench' | 'contract';

/** Runs a command in this process: enough where the test is not about the process. */
function runHere(name: Name, args: string[], io = new RecordedIo()): ReturnType<RecordedIo['run']> {
  switch (name) {
    case 'local':
      return io.run(local, args);
    case 'build':
      return io.run(build, args);
    case 'trigger':
      return io.run(trigger, args);
    case 'chaos':
      return io.run(chaos, args);
    case 'bench':
      return io.run(bench, args);
    case 'contract':
      return io.run(contract, args);
  }
}

test.each<[Name, string[], string]>([
  ['local', ['--port', '70000'], '--port is a whole number from 0 to 65535, not "70000".'],
  ['local', ['--switch', 'ehco=all'], 'There is no switch "ehco".'],
  ['local', ['extra'], 'Unexpected argument'],
  ['local', ['--switches', 'nowhere.json'], '--switches nowhere.json cannot be used: ENOENT'],
  ['contract', [], 'CONTRACT_BACKEND_URL is not set.\nCONTRACT_API_TOKEN is not set.\nCONTRACT_USER_ID is not set.'],
  ['build', ['--fast'], "Unknown option '--fast'"],
  ['trigger', [], 'Name the trigger: test, schedule, webhook, web, enqueue.'],
  ['trigger', ['tset', 'lock_users'], 'Name the trigger: test, schedule, webhook, web, enqueue.'],
  ['trigger', ['test'], 'Name the task.'],
  ['trigger', ['webhook'], 'Name the model and the id.'],
  ['trigger', ['webhook', 'lock_run'], '"webhook" takes a model and an id, nothing else.'],
  ['trigger', ['test', 'lock_users', 'more'], '"test" takes one task, nothing else.'],
  ['trigger', ['test', 'lock_users', '--parms', '{}'], "Unknown option '--parms'. Did you mean --params?"],
  ['trigger', ['test', 'lock_users', '--body', '{}'], '--body is not an option of "test".'],
  ['trigger', ['test', 'lock_users', '--header', 'A: b'], '--header is not an option of "test".'],
  ['trigger', ['web', 'lock_users', '--header', 'A'], "--header is written 'NAME: VALUE'."],
  ['trigger', ['enqueue', 'lock_users', '--after', 'soon'], '--after is a number of seconds from 0.'],
  ['trigger', ['schedule', 'lock_users', '--at', 'tonight'], '--at is a time such as'],
  ['trigger', ['test', 'lock_users', '--params', '{'], '--params is not valid JSON'],
  [
    'trigger',
    ['test', 'lock_users', '--deployment', 'moon'],
    '.journeyrc has no deployment "moon". It has local, testing.'
  ],
  ['trigger', ['test', 'lock_users', '--deployment', 'testing'], 'The variable JOURNEY_API_TOKEN_TESTING'],
  ['chaos', ['--seeds', '0'], '--seeds must be a whole number of at least 1.'],
  ['bench', [], 'Name what to measure: pacing or cpu.'],
  ['bench', ['pacing', '--users', '1e6'], '--users must be whole numbers with commas.'],
  ['bench', ['cpu', '--pairs', '0'], '--pairs must be a whole number from 1 to 99.'],
  ['bench', ['cpu', '--alone'], '--concurrency and --alone are not options of "cpu".'],
  ['bench', ['pacing', '--pairs', '2'], '--pairs is not an option of "pacing".']
])('%s %j is refused with one clear message and exit code 2', async (command, args, sentence) => {
  const { code, stdout, stderr } = await runHere(command, args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each(['local', 'build', 'trigger', 'chaos', 'bench', 'contract'] as const)(
  '%s --help explains itself',
  async (command) => {
    const { code, stdout, stderr } = await runHere(command, ['--help'], new RecordedIo({ columns: 72 }));

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: npm run /);
    // A list of values is one word.
    expect(stdout.split('\n').filter((line) => line.length > 72 && /\S +\S/.test(line.trim()))).toEqual([]);
  }
);

test('npm passes the exit code of a command on', async () => {
  const { code, stdout, stderr } = await folder.runScript('run', 'task', '--', 'tset').ended;

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(
    'Unknown trigger "tset". Did you mean "test"? Name the trigger: test, schedule, webhook, web, enqueue.\n' +
      'All options: npm run task -- --help\n'
  );
});

test('npm run chaos counts its seeds, and ends with 130 where it is interrupted', async () => {
  const all = await runHere('chaos', ['--seeds', '1']);
  expect(all).toMatchObject({ code: 0, stdout: expect.stringMatching(/^1 seed: every run ended/), stderr: '' });

  const io = new RecordedIo();
  io.interrupt.abort();
  expect(await runHere('chaos', [], io)).toEqual({ code: 130, stdout: '', stderr: 'Stopped before the end.\n' });
});

test.each([
  ['while it prepares', '| --- |', '10000'],
  ['after a first row', '| alone | 10 |', '10,100000']
])('Ctrl-C ends npm run bench %s with 130 and a sentence', async (_moment, text, users) => {
  const running = run('bench', ['pacing', '--users', users]);
  await running.sees(text);
  running.interrupt();

  const { code, stderr } = await running.ended;

  expect({ code, stderr }).toEqual({ code: 130, stderr: 'Stopped before the end.\n' });
});

test('an interrupted measurement ends its task and its backend', async () => {
  const abort = new AbortController();
  const taskFolder = mkdtempSync(join(tmpdir(), 'bench-task-'));
  writeFileSync(
    join(taskFolder, 'index.js'),
    'exports.run = () => new Promise((r) => setTimeout(r, 60000, console.log(1)));'
  );
  const [scenario = { name: 'none', rate: 1, burst: 1 }] = SCENARIOS;
  const measured = measureLockUsers({ taskFolder, scenario, users: 10, concurrency: 1, signal: abort.signal });
  abort.abort();

  await expect(measured).rejects.toBe(abort.signal.reason);
  rmSync(taskFolder, { recursive: true });
});

test('npm run build says what it built', async () => {
  const small = mkdtempSync(join(tmpdir(), 'build-'));
  const task = join(small, 'cloudcode', 'lock_users');
  mkdirSync(task, { recursive: true });
  writeFileSync(join(task, 'package.json'), '{ "name": "lock_users", "cloudcode": { "enabled": true } }');
  writeFileSync(join(task, 'index.ts'), 'export const run = (): number => 1;\n');

  const built = await runHere('build', [], new RecordedIo({ root: small }));

  expect(built).toEqual({ code: 0, stdout: 'Built lock_users into dist/lock_users/\n', stderr: '' });
  rmSync(small, { recursive: true });
});

test('npm run build says that nothing has changed since the last one', async () => {
  expect(await run('build').ended).toEqual({ code: 0, stdout: 'dist/lock_users/ is up to date.\n', stderr: '' });
});
