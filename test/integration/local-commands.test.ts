import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { local as localCommand } from '../../tasks/local/command';
import { trigger } from '../../tasks/trigger/command';
import { CommandFolder } from '../support/CommandFolder';
import type { Command } from '../support/CommandFolder';
import { RecordedIo } from '../support/RecordedIo';
import { StubBackend } from '../support/StubBackend';

let folder: CommandFolder;
let root: string;
beforeAll(() => {
  folder = new CommandFolder();
  ({ root } = folder);
});
afterAll(() => folder.remove());

function run(command: string, args?: string[]): Command {
  return folder.run(command, args);
}

function runTask(args: string[], environment = {}): ReturnType<RecordedIo['run']> {
  return new RecordedIo({ root, environment }).run(trigger, args);
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

  const second = await new RecordedIo({ root }).run(localCommand, []);
  expect(second).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^A local platform is running in this folder already: process \d+, http:/)
  });
  expect(await runTask(['test', 'lock_users', '--params', '{"dryRun":true}'])).toMatchObject({ code: 0 });

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

describe('on a deployment of JourneyApps', () => {
  const stub = new StubBackend();
  let backendUrl: string;
  beforeAll(async () => {
    backendUrl = await stub.start();
  });
  afterAll(() => stub.stop());
  beforeEach(() => {
    stub.requests.length = 0;
    // It says what it is, and refuses everything else: a failure that is not tried again, so that no wait is drawn by chance.
    stub.answer = () =>
      stub.requests.length === 1 ? { body: '{"environment":"Production"}' } : { status: 403, body: '{}' };
  });

  function runThere(deployment: object, args: string[]): ReturnType<typeof runTask> {
    const variables = { LOCK_USERS_ARMED: 'true', LOCK_USERS_BUDGET_SECONDS: '1' };
    const remote = { backendUrl, tokenVariable: 'MY_TOKEN', variables, ...deployment };
    writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'far', deployments: { far: remote } }));
    return runTask(['test', 'lock_users', ...args], { MY_TOKEN: 'made-up' });
  }

  test('the task gets the token of the named variable, and a run that fails ends with 1', async () => {
    const params = ['--params', '{"reason":"x"}'];
    const { code, stdout, stderr } = await runThere({ environment: 'production' }, params);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      invocation: 1,
      stopReason: { usersChanged: 'no', message: expect.stringContaining('403') }
    });
    expect(stderr).toContain('works on the deployment "far"');
    expect(stderr).toContain('  LOCK_USERS_ARMED=true\n');
    expect(stderr).toContain('WARNING: what is set in OXIDE does not apply here');
    expect(stdout + stderr).not.toContain('made-up');
    expect(stub.requests[0]?.headers.authorization).toBe('Bearer made-up');
  });

  test.each<[string, object, string[], string, number]>([
    [
      'no parameters',
      { environment: 'production' },
      [],
      `Say with --params what the task is to do on "far", such as --params '{"action": "status"}': without any, lock_users locks everybody.`,
      0
    ],
    [
      'an entry that means another environment',
      { environment: 'testing' },
      ['--params', '{}'],
      '.journeyrc means the environment "testing" by "far", and the deployment itself says "Production". Choose the right deployment, or correct its entry.',
      1
    ],
    [
      'an entry that names no environment',
      {},
      ['--params', '{}'],
      '.journeyrc does not say which environment "far" is, and the deployment itself says "Production". If that is the right one, put "environment": "Production" into its entry.',
      1
    ]
  ])('%s is refused before anything is started', async (_name, deployment, args, sentence, asked) => {
    const ended = await runThere(deployment, args);

    expect(ended).toEqual({ code: 2, stdout: '', stderr: `${sentence} Nothing was started.\n` });
    expect(stub.requests.map(({ name }) => name)).toEqual(Array(asked).fill('GET info.json'));
  });

  test('a token that is not accepted is said, with the variable that holds it', async () => {
    stub.answer = () => ({ status: 401, body: 'Access denied.' });

    const { code, stderr } = await runThere({ environment: 'production' }, ['--params', '{}']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/ Check the variable MY_TOKEN.* Nothing was started\.\n$/);
  });
});
