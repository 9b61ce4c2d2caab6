import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
let root: string;
beforeAll(() => {
  folder = new CommandFolder();
  ({ root } = folder);
});
afterAll(() => folder.remove());

function run(command: string, args?: string[], variables?: Record<string, string>): Command {
  return folder.run(command, args, variables);
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
  const { code, stdout, stderr } = await folder.start('npm', ['run', 'task', '--', 'tset']).ended;

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

describe('npm run local and npm run task', () => {
  function runTask(args: string[], environment = {}): ReturnType<RecordedIo['run']> {
    return runHere('trigger', args, new RecordedIo({ root, environment }));
  }

  test('a task is tried on the local backend from another terminal, and Ctrl-C ends the backend with 0', async () => {
    const before = await runTask(['test', 'lock_users']);
    expect(before).toMatchObject({
      code: 2,
      stderr: 'The local platform is not running. Start it with "npm run local" in another terminal.\n'
    });

    // As `npm run contract` writes it.
    writeFileSync(join(root, 'switches.json'), '{"createStatus":"200","echo":"ids"}');
    const files = ['--data', join(root, 'state.json'), '--switches', join(root, 'switches.json')];
    const local = run('local', ['--users', '50', ...files, '--switch', 'echo=all']);
    const told = await local.sees('Ctrl-C stops it.');
    expect(told).toMatch(/JOURNEY_BACKEND_URL=http:\/\/127\.0\.0\.1:\d+\/api\/v4\/[0-9a-f]{24}\n/);
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0] ?? '';

    const plan = await runTask(['test', 'lock_users', '--params', '{"dryRun":true}']);
    expect(plan).toMatchObject({ code: 0, stderr: expect.stringContaining('Dry run: nothing is sent.') });
    const locked = await run('trigger', ['test', 'lock_users']).ended;
    expect(locked.code).toBe(0);
    expect(JSON.parse(locked.stdout)).toMatchObject({
      status: 'done',
      counts: { selected: 50, locked: 47, alreadyLocked: 3 }
    });
    expect(await (await fetch(`${origin}/_local/state`)).json()).toMatchObject({ lockedUsers: 50, resetSessions: 0 });

    expect(told).toMatch(/Next by schedule: {2}lock_users(?:[,;] \d+ \w+ \d{4}, 22:00){3} \(Europe\/Berlin\)\n/);
    const scheduled = await runTask(['schedule', 'lock_users']);
    expect(scheduled).toMatchObject({ code: 0, stderr: expect.stringContaining('Reason: "End of the shift"') });
    expect(JSON.parse(scheduled.stdout)).toMatchObject({ status: 'done', counts: { alreadyLocked: 50 } });
    const enqueued = await runTask(['enqueue', 'lock_users', '--params', '{"maxUsers":1}']);
    expect(enqueued).toMatchObject({ code: 0, stdout: expect.stringContaining('"status": "done"') });
    const web = await runTask(['web', 'lock_users', '--body', '{"requestedBy":"me"}']);
    expect(web).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^202 \{"runId":"[-0-9a-f]+"[^]*"status": "done"/),
      stderr: expect.stringContaining('Requested by: "me"')
    });
    const unknown = await runTask(['web', 'lock_users', '--body', '{}', '--header', 'Authorization: Bearer x']);
    expect(unknown).toMatchObject({ code: 1, stdout: '401 Unauthorized\n' });
    const [, url = ''] = /JOURNEY_BACKEND_URL=(\S+)/.exec(told) ?? [];
    const [, token = ''] = /JOURNEY_API_TOKEN=(\S+)/.exec(told) ?? [];
    const records = await fetch(`${url}/objects/lock_run.json`, { headers: { Authorization: `Bearer ${token}` } });
    const [record] = ((await records.json()) as { objects: { id: string }[] }).objects;
    const created = await fetch(`${url}/objects/user.json`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{"user":{"name":"New"}}'
    });
    expect(created.status).toBe(200);
    const again = await runTask(['webhook', 'lock_run', record?.id ?? '']);
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('"RUN_ENDED"') });
    const nothing = await runTask(['webhook', 'lock_run', 'nobody']);
    expect(nothing).toMatchObject({ code: 2, stderr: 'There is no lock_run with the id "nobody".\n' });

    const refused = await runTask(['test', 'lock_users', '--params', '{"wipe":true}']);
    expect(refused).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('INVALID_PARAMETERS: This task never wipes')
    });

    const second = await runHere('local', [], new RecordedIo({ root }));
    expect(second).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^A local platform is running in this folder already: process \d+, http:/)
    });
    expect(await runTask(['test', 'lock_users', '--params', '{"dryRun":true}'])).toMatchObject({ code: 0 });

    local.child.kill('SIGINT');
    local.child.kill('SIGINT');
    expect(await local.ended).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Stopped. The state is in')
    });
    expect(JSON.parse(readFileSync(join(root, 'state.json'), 'utf8'))).toMatchObject({
      users: expect.arrayContaining([expect.objectContaining({ locked: true })])
    });
    expect((await runTask(['test', 'lock_users'])).stderr).toContain('not running');
  });

  test('a remote deployment gets the token of the named variable, and a run that fails ends with 1', async () => {
    const settings = {
      default: 'gone',
      deployments: {
        gone: {
          backendUrl: 'http://127.0.0.1:1/api/v4/64b0c0ffee64b0c0ffee64b0',
          tokenVariable: 'MY_TOKEN',
          variables: { LOCK_USERS_ARMED: 'true', LOCK_USERS_BUDGET_SECONDS: '1' }
        }
      }
    };
    writeFileSync(join(root, '.journeyrc'), JSON.stringify(settings));

    const { code, stdout, stderr } = await runTask(['test', 'lock_users'], { MY_TOKEN: 'made-up' });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'stalled',
      invocation: 2,
      stopReason: { code: 'STALLED', usersChanged: 'no', message: expect.stringContaining('ECONNREFUSED') }
    });
    expect(stderr).toContain('works on the deployment "gone"');
    expect(stderr).toContain('  LOCK_USERS_ARMED=true\n');
    expect(stderr).toContain('WARNING: what is set in OXIDE does not apply here');
    expect(stdout + stderr).not.toContain('made-up');
  });
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
