import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildCommand } from '../../tasks/build/build-command';
import { buildTasks } from '../../tasks/build/build-tasks';
import { callBackend } from '../support/call-backend';
import { expectNoSecret } from '../support/expect-no-secret';
import { LocalPlatform } from '../support/LocalPlatform';
import { wrapInTerminal } from '../support/wrap-in-terminal';

const REPOSITORY = join(__dirname, '..', '..');
const TOKEN_VARIABLE = 'TOKEN_OF_THE_TEST';
const USERS = 3;

let program: string;
let local: LocalPlatform;
let root: string;
let printed: string[];
beforeAll(() => {
  buildTasks({ root: REPOSITORY });
  program = join(buildCommand(REPOSITORY), 'tasks', 'lock-users', 'main.js');
});
beforeEach(async () => {
  local = await LocalPlatform.start();
  local.platform.backend.seed({ users: USERS });
  root = mkdtempSync(join(tmpdir(), 'operator-process-'));
  printed = [];
  const depot = {
    backendUrl: local.platform.backend.url,
    tokenVariable: TOKEN_VARIABLE,
    environment: 'testing',
    variables: { LOCK_USERS_PROTECTED: 'none' }
  };
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'depot', deployments: { depot } }));
});
afterEach(async () => {
  await local.platform.runtime.idle();
  const { token } = local.platform.backend;
  await local.platform.close();
  rmSync(root, { recursive: true });
  expectNoSecret([token], printed);
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Starts the real process in the operator's folder, and types the number of users back where it asks for it. */
async function start(file: string, args: readonly string[], variables: Variables = {}): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '1', [TOKEN_VARIABLE]: local.platform.backend.token, ...variables };
  const child = spawn(file, args, { cwd: root, env, stdio: 'pipe' });
  let [stdout, stderr, hasTyped] = ['', '', false];
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    if (hasTyped || !/Type the number of users to [^:]+: $/.test(stdout)) return;
    hasTyped = true;
    child.stdin.write(`${USERS}\r`);
  });
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  printed.push(stdout, stderr);
  return { code, stdout, stderr };
}

const inPipe = (args: readonly string[], variables?: Variables): Promise<Ended> =>
  start(process.execPath, [program, ...args], variables);

function onTerminal(args: readonly string[]): Promise<Ended> {
  const { file, args: wrapped } = wrapInTerminal({ file: process.execPath, args: [program, ...args] });
  return start(file, wrapped);
}

/** A call that goes well. */
interface Step {
  readonly args: readonly string[];
  /** What the JSON in a pipe holds, beside the command and the exit code. */
  readonly json: object;
  /** What a terminal shows. */
  readonly table: RegExp;
  /** The command that stderr names next; undefined: none. */
  readonly next?: RegExp;
  /** Whether somebody has to agree. */
  readonly isChange?: boolean;
}

const ID = '[0-9a-f-]{36}';
const change = (args: readonly string[], action: string, done: string, next: string): Step => ({
  args,
  json: { action, status: 'done', counts: { [done]: USERS } },
  table: new RegExp(`Run ${ID} \\(${action}\\): done`),
  next: new RegExp(`${next} ${ID}${args.includes('--direct') && next === 'undo' ? ' --direct' : ''}`),
  isChange: true
});

/** Every command, in an order in which each has something to do. @param app the repository of an app */
function playInApp(app: string): readonly Step[] {
  return [
    { args: ['config'], json: { isLocal: false }, table: /^SETTING +VALUE +ORIGIN\r?$/m, next: /doctor/ },
    { args: ['doctor'], json: { findings: expect.any(Array) as unknown }, table: /^✓ token: /m, next: /plan/ },
    { args: ['plan'], json: { count: USERS }, table: /^would be locked +3\r?$/m, next: /apply/ },
    // Whoever was locked before is signed out already.
    change(['reauthenticate'], 'reauthenticate', 'reauthenticated', 'status'),
    change(['apply'], 'lock', 'locked', 'undo'),
    { args: ['status'], json: { status: 'done', whoIsOut: {} }, table: /^unlocked +0\r?$/m, next: /undo \S+/ },
    { args: ['status', 'last'], json: { action: 'lock' }, table: /\(lock\): done/, next: /undo \S+/ },
    { args: ['runs'], json: { unlisted: 0 }, table: /^RUN +STARTED +ACTION /m, next: /status \S+/ },
    change(['undo', 'last'], 'unlock', 'unlocked', 'status'),
    change(['apply'], 'lock', 'locked', 'undo'),
    change(['unlock'], 'unlock', 'unlocked', 'status'),
    { args: ['stop', 'old'], json: { runId: 'old' }, table: /^Run old was asked to stop\.\r?$/m, next: /status old/ },
    { args: ['install', app], json: { updated: [] }, table: /What is left to do:/ }
  ];
}

const DIRECT: readonly Step[] = [
  { args: ['plan', '--direct'], json: { count: USERS }, table: /^would be locked +3\r?$/m, next: /apply --direct/ },
  change(['reauthenticate', '--direct'], 'reauthenticate', 'reauthenticated', 'status'),
  change(['apply', '--direct'], 'lock', 'locked', 'undo'),
  change(['undo', 'last', '--direct'], 'unlock', 'unlocked', 'status'),
  change(['apply', '--direct'], 'lock', 'locked', 'undo'),
  change(['unlock', '--direct'], 'unlock', 'unlocked', 'status')
];

async function play(steps: readonly Step[], isTerminal: boolean): Promise<void> {
  for (const { args, json, table, next, isChange = false } of steps) {
    const { code, stdout, stderr } = isTerminal
      ? await onTerminal(args)
      : await inPipe(isChange ? [...args, '--confirm', String(USERS)] : args);
    expect({ args, code, stdout, stderr }).toMatchObject({ code: 0 });
    const said = next === undefined ? /^(?!.*Next: )/s : new RegExp(`^Next: lock-users ${next.source}\\r?$`, 'm');
    if (isTerminal) {
      expect(stdout).toMatch(table);
      expect(stdout).not.toMatch(/^\{/m);
      expect(stdout).toMatch(said);
      continue;
    }
    expect(JSON.parse(stdout)).toMatchObject({ command: args[0], exitCode: 0, ...json });
    expect(stderr).toMatch(said);
  }
  expect(local.platform.backend.state()).toMatchObject({ lockedUsers: 0 });
}

test.each([
  ['in a pipe', false],
  ['on a pseudo terminal', true]
])('every command %s has the deployed task do it, ends with 0, and names the next one', async (_where, isTerminal) => {
  const old = {
    lock_run: { run_id: 'old', status: 'interrupted', action: 'lock', started_at: '2026-01-01T00:00:00Z' }
  };
  const app = mkdtempSync(join(tmpdir(), 'app-'));
  try {
    cpSync(join(REPOSITORY, 'schema.xml'), join(app, 'schema.xml'));
    const steps = playInApp(app);
    const stop = steps.findIndex(({ args }) => args[0] === 'stop');
    await play(steps.slice(0, stop), isTerminal);
    await callBackend(local.platform.backend, 'POST', 'objects/lock_run.json', old);
    await play(steps.slice(stop), isTerminal);
  } finally {
    rmSync(app, { recursive: true });
  }
  const { code, stdout } = isTerminal ? await onTerminal(['--help']) : await inPipe(['--help']);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: lock-users') as string });
  // One that this test leaves out would be listed there.
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\])?/gm)].map(([, name]) => name);
  const played = new Set(playInApp(app).map(({ args }) => args[0]));
  expect([...new Set(listed)].sort()).toEqual([...played].sort());
});

test.each([
  ['in a pipe', false],
  ['on a pseudo terminal', true]
])('every command that has --direct does it itself %s, with nothing deployed', async (_where, isTerminal) => {
  await play(DIRECT, isTerminal);
  // The record that each run makes is said to be nothing to do.
  expect(local.log.filter((line) => !/^(A webhook triggers|Nothing to do: )/.test(line))).toEqual([]);
});

test.each([
  ['aply', 2, "unknown command 'aply' (Did you mean apply?)"],
  ['apply --direct --confirm 4', 3, '3 users would be locked, and you said "4".'],
  ['plan --token-variable WRONG', 4, 'Check the variable WRONG: it has to be a named token of this very deployment']
])('"lock-users %s" ends with %i and one sentence', async (line, code, sentence) => {
  const wrong = local.platform.backend.token.split('').reverse().join('');

  const ended = await inPipe(line.split(' '), { WRONG: wrong });

  expect(ended).toMatchObject({ code, stderr: expect.stringContaining(sentence) as string });
  expect(JSON.parse(ended.stdout)).toMatchObject({ exitCode: code });
  expect(ended.stderr).not.toMatch(/^ +at /m);
  expectNoSecret([wrong], [ended.stdout, ended.stderr]);
});
