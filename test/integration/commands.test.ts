import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFolder } from '../support/CommandFolder';
import type { Command } from '../support/CommandFolder';

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

test.each<[string, string[], string]>([
  ['local', ['--port', '70000'], '--port is a whole number from 0 to 65535, not "70000".'],
  ['local', ['--switch', 'ehco=all'], 'There is no switch "ehco".'],
  ['local', ['extra'], 'Unexpected argument'],
  ['build', ['--fast'], "Unknown option '--fast'"],
  ['trigger', [], 'Name the trigger: test, schedule, webhook, web, enqueue.'],
  ['trigger', ['tset', 'lock_users'], 'Name the trigger: test, schedule, webhook, web, enqueue.'],
  ['trigger', ['webhook', 'lock_run'], '"webhook" takes another number of names.'],
  ['trigger', ['test', 'lock_users', '--body', '{}'], '--body is no option of "test".'],
  ['trigger', ['schedule', 'lock_users', '--at', 'tonight'], '--at is a time such as'],
  ['trigger', ['test', 'lock_users', '--params', '{'], '--params is no JSON'],
  [
    'trigger',
    ['test', 'lock_users', '--deployment', 'moon'],
    '.journeyrc has no deployment "moon". It has local, testing.'
  ],
  ['trigger', ['test', 'lock_users', '--deployment', 'testing'], 'The variable JOURNEY_API_TOKEN_TESTING'],
  ['chaos', ['--seeds', '0'], '--seeds must be a whole number of at least 1.'],
  ['bench', [], 'Name what to measure, which is "pacing".'],
  ['bench', ['pacing', '--users', '1e6'], '--users must be whole numbers with commas.']
])('%s %j is refused with one clear message and exit code 2', async (command, args, sentence) => {
  const { code, stdout, stderr } = await run(command, args, { JOURNEY_API_TOKEN_TESTING: '' }).ended;

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each(['local', 'build', 'trigger', 'chaos', 'bench'])('%s --help explains itself', async (command) => {
  const { code, stdout } = await run(command, ['--help']).ended;

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm /);
});

describe('npm run local and npm run task', () => {
  test('a task is tried on the local backend from another terminal, and Ctrl-C ends the backend with 0', async () => {
    const before = await run('trigger', ['test', 'lock_users']).ended;
    expect(before).toMatchObject({
      code: 2,
      stderr: 'The local platform is not running. Start it with "npm run local" in another terminal.\n'
    });

    const local = run('local', ['--users', '50', '--data', join(root, 'state.json')]);
    const told = await local.sees('Ctrl-C stops it.');
    expect(told).toMatch(/JOURNEY_BACKEND_URL=http:\/\/127\.0\.0\.1:\d+\/api\/v4\/[0-9a-f]{24}\n/);
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0] ?? '';

    const plan = await run('trigger', ['test', 'lock_users', '--params', '{"dryRun":true}']).ended;
    expect(plan).toMatchObject({ code: 0, stderr: expect.stringContaining('Dry run: nothing is sent.') });
    const locked = await run('trigger', ['test', 'lock_users']).ended;
    expect(locked.code).toBe(0);
    expect(JSON.parse(locked.stdout)).toMatchObject({
      status: 'done',
      counts: { selected: 50, locked: 47, alreadyLocked: 3 }
    });
    expect(await (await fetch(`${origin}/_local/state`)).json()).toMatchObject({ lockedUsers: 50, resetSessions: 0 });

    expect(told).toMatch(/Next by schedule: {2}lock_users(?:[,;] \d+ \w+ \d{4}, 22:00){3} \(Europe\/Berlin\)\n/);
    const scheduled = await run('trigger', ['schedule', 'lock_users']).ended;
    expect(scheduled).toMatchObject({ code: 0, stderr: expect.stringContaining('Reason: "End of the shift"') });
    expect(JSON.parse(scheduled.stdout)).toMatchObject({ status: 'done', counts: { alreadyLocked: 50 } });
    const enqueued = await run('trigger', ['enqueue', 'lock_users', '--params', '{"maxUsers":1}']).ended;
    expect(enqueued).toMatchObject({ code: 0, stdout: expect.stringContaining('"status": "done"') });
    const web = await run('trigger', ['web', 'lock_users', '--body', '{"requestedBy":"me"}']).ended;
    expect(web).toMatchObject({
      ...{ code: 0, stdout: expect.stringMatching(/^202 \{"runId":"[-0-9a-f]+"[^]*"status": "done"/) },
      stderr: expect.stringContaining('Requested by: "me"')
    });
    const unknown = await run('trigger', ['web', 'lock_users', '--body', '{}', '--header', 'Authorization: Bearer x'])
      .ended;
    expect(unknown).toMatchObject({ code: 1, stdout: '401 Unauthorized\n' });
    const [, url = ''] = /JOURNEY_BACKEND_URL=(\S+)/.exec(told) ?? [];
    const [, token = ''] = /JOURNEY_API_TOKEN=(\S+)/.exec(told) ?? [];
    const records = await fetch(`${url}/objects/lock_run.json`, { headers: { Authorization: `Bearer ${token}` } });
    const [record] = ((await records.json()) as { objects: { id: string }[] }).objects;
    const again = await run('trigger', ['webhook', 'lock_run', record?.id ?? '']).ended;
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('"RUN_ENDED"') });
    const nothing = await run('trigger', ['webhook', 'lock_run', 'nobody']).ended;
    expect(nothing).toMatchObject({ code: 2, stderr: 'There is no lock_run with the id "nobody".\n' });

    const refused = await run('trigger', ['test', 'lock_users', '--params', '{"wipe":true}']).ended;
    expect(refused).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('INVALID_PARAMETERS: This task never wipes')
    });

    const port = new URL(origin).port;
    const second = await run('local', ['--port', port]).ended;
    expect(second).toMatchObject({ code: 1, stderr: `Port ${port} is taken. Name another with --port.\n` });

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
    expect((await run('trigger', ['test', 'lock_users']).ended).stderr).toContain('not running');
  }, 120_000);

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

    const { code, stdout } = await run('trigger', ['test', 'lock_users'], { MY_TOKEN: 'made-up' }).ended;

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'stalled',
      hop: 2,
      stopReason: { code: 'STALLED', usersChanged: 'no', message: expect.stringContaining('ECONNREFUSED') }
    });
    expect(stdout).not.toContain('made-up');
  }, 30_000);
});

test('npm run build says what it built', async () => {
  const { code, stdout } = await run('build').ended;

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Built lock_users into dist/lock_users/\n' });
});
