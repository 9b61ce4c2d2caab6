import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { local as command } from '../../tasks/local/command';
import { startPlatform } from '../../tasks/local/start-platform';
import { CommandFolder } from '../support/CommandFolder';
import type { Command } from '../support/CommandFolder';
import { RETURNED } from '../support/QueueBench';
import { RecordedIo } from '../support/RecordedIo';

let folder: CommandFolder;
let root: string;
beforeAll(() => {
  folder = new CommandFolder();
  ({ root } = folder);
});
afterAll(() => folder.remove());

function run(args: string[]): Command {
  return folder.run('local', args);
}

/** Runs the command in this process: enough where the test is not about the process. */
function runHere(args: string[], io: RecordedIo): ReturnType<RecordedIo['run']> {
  return io.run(command, args);
}

test('a port that is taken is told', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address() as AddressInfo;

  const ended = await runHere(['--port', String(port)], new RecordedIo({ root }));
  holder.close();

  expect(ended).toMatchObject({ code: 1, stderr: `Port ${port} is taken. Name another with --port.\n` });
});

test('it says that devices do not connect by themselves, and its command has them sign in after an undo', async () => {
  const io = new RecordedIo({ root });
  const ended = runHere(['--users', '4'], io);
  while (!io.printed.stdout.includes('Ctrl-C stops it.')) await new Promise(setImmediate);
  const told = io.printed.stdout;
  const [, origin = ''] =
    /curl -X POST (\S+)\/_local\/sign-in -H 'Content-Type: application\/json' -d '{}'/.exec(told) ?? [];

  const answer = await fetch(`${origin}/_local/sign-in`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}'
  });
  io.interrupt.abort();

  expect(told).toContain('Devices:           nobody connects by itself');
  expect(await answer.json()).toEqual({ users: expect.any(Number), sessions: expect.any(Number) });
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});

test('each invocation gets the variables that the deployment has then', async () => {
  const seen: unknown[] = [];
  let variables: Record<string, string> = { LABEL: 'a' };
  const platform = await startPlatform({
    root,
    backend: {},
    deployment: { variables: { LABEL: 'of the start' } },
    readVariables: () => variables,
    onLog: () => undefined,
    runtime: {
      run: ({ environment }) => {
        seen.push(environment['LABEL']);
        return Promise.resolve(RETURNED);
      }
    }
  });
  const watched = { onLog: () => undefined, signal: new AbortController().signal };

  await platform.runtime.trigger({ task: 'lock_users' }, watched).done;
  variables = { LABEL: 'b' };
  await platform.runtime.trigger({ task: 'lock_users' }, watched).done;
  await platform.close();

  expect(seen).toEqual(['a', 'b']);
});

test('orders are named at the end, and at the next start from the same data file', async () => {
  const path = join(root, 'orders.json');
  const start = (): ReturnType<RecordedIo['run']> => {
    const io = new RecordedIo({ root });
    io.interrupt.abort();
    return runHere(['--users', '1', '--data', path], io);
  };
  expect((await start()).stdout).toMatch(/Stopped\. The state is in .*orders\.json\.\n$/);
  const orders = [{ task: 'lock_users', params: { undo: 'a-run', runId: 'b' }, atMs: Date.UTC(2099, 0, 1) }];
  writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), orders }));

  const { stdout } = await start();

  const shown = 'lock_users at 2099-01-01T00:00:00Z, with {"undo":"a-run"}.';
  expect(stdout).toContain(`Ordered before this platform was started: ${shown}\n`);
  expect(stdout).toContain(`orders.json.\nOrdered, and done when it is started with it again: ${shown}\n`);
});

test('a platform whose reader has gone ends, and leaves no note', async () => {
  const local = run(['--users', '1']);
  const told = await local.sees('Ctrl-C stops it.');
  const [, web = ''] = /Web tasks: +(\S+)/.exec(told) ?? [];
  const [, secret = ''] = /LOCK_USERS_WEB_SECRET=(\w+)/.exec(told) ?? [];

  local.child.stdout?.destroy();
  // The task's log is what nobody reads.
  await fetch(web, { method: 'POST', body: '{}', headers: { Authorization: `Bearer ${secret}` } }).catch(
    () => undefined
  );

  expect(await local.ended).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(join(root, '.local', 'platform.json'))).toBe(false);
});

test('a platform whose terminal is closed ends, and leaves no note', async () => {
  const local = run(['--users', '1']);
  await local.sees('Ctrl-C stops it.');

  local.child.kill('SIGHUP');

  expect(await local.ended).toMatchObject({ code: 0, stderr: '' });
  expect(existsSync(join(root, '.local', 'platform.json'))).toBe(false);
});

test('a platform that is killed leaves no note, and the next one starts', async () => {
  const local = run(['--users', '1']);
  await local.sees('Ctrl-C stops it.');
  const note = join(root, '.local', 'platform.json');
  const watcher = watch(join(root, '.local'));

  local.child.kill('SIGKILL');
  while (existsSync(note)) await once(watcher, 'change');
  watcher.close();

  const io = new RecordedIo({ root });
  io.interrupt.abort();
  expect(await runHere(['--users', '1'], io)).toMatchObject({ code: 0, stderr: '' });
});

test('a note that a platform has left behind is no platform, although its number is another process now', async () => {
  const note = { url: 'u', token: 't', pid: process.ppid, runtimeOrigin: 'http://127.0.0.1:1', controlToken: 'c' };
  mkdirSync(join(root, '.local'), { recursive: true });
  writeFileSync(join(root, '.local', 'platform.json'), JSON.stringify(note));
  const io = new RecordedIo({ root });
  io.interrupt.abort();

  expect(await runHere(['--users', '1'], io)).toMatchObject({ code: 0, stderr: '' });
});

test('a file in the place of .local is told, and nothing starts', async () => {
  rmSync(join(root, '.local'), { recursive: true, force: true });
  writeFileSync(join(root, '.local'), '');

  const ended = await runHere([], new RecordedIo({ root }));
  rmSync(join(root, '.local'));

  expect(ended).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('Make .local a folder that you may write to, or delete it.')
  });
});
