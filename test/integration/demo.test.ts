import type { Report } from '../../cloudcode/lock_users';
import { demo } from '../../tasks/demo/command';
import { findFailedChecks } from '../../tasks/demo/find-failed-checks';
import { formatJson } from '../../tasks/demo/format-demo';
import type { Listener } from '../../tasks/demo/run-demo';
import type { DemoResult } from '../../tasks/demo/DemoResult';
import { TaskLog } from '../../tasks/demo/TaskLog';
import { printStory } from '../../tasks/demo/print-story';
import { tellDemo } from '../../tasks/demo/tell-demo';
import { CommandFolder } from '../support/CommandFolder';
import { RecordedIo } from '../support/RecordedIo';
import { runTaskHere } from '../support/run-task-here';

/** What `--json` prints. */
interface DemoJson extends Report {
  readonly backend: Readonly<Record<string, number>>;
  readonly undo: Report;
  readonly again: Pick<Report, 'status' | 'counts'>;
  readonly devices: DemoResult['devices'];
  readonly control: Omit<DemoResult['control'], 'users' | 'successes'>;
}

let folder: CommandFolder;
beforeAll(() => {
  folder = new CommandFolder();
});
afterAll(() => folder.remove());

test('npm start prints one JSON document, and its figures agree with the backend’s', async () => {
  const { code, stdout, stderr } = await folder.runScript('start', '--', '--users', '60', '--json').ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { status, counts, backend, undo, again, devices } = JSON.parse(stdout) as DemoJson;
  const { locked = 0, alreadyLocked = 0, protected: kept, planned } = counts;
  expect(status).toBe('done');
  expect(locked + alreadyLocked + kept).toBe(60);
  expect(backend).toEqual({
    users: 60,
    lockedUsers: locked + alreadyLocked,
    resetSessions: 0,
    // Three users are sent first.
    lockRequests: 2,
    operations: planned
  });
  expect(undo).toMatchObject({ status: 'done', counts: { unlocked: locked }, stillLocked: { count: alreadyLocked } });
  expect(again).toMatchObject({ status: 'done', counts: { alreadyUnlocked: locked, planned: 0, unlocked: 0 } });
  expect(devices).toMatchObject({ devices: 66, rowsLost: 0 });
});

test('everything holds with 1 user, who is "1 user"', async () => {
  const { stdout, stderr } = await tellHere(1);

  expect(stderr).toBe('');
  expect(stdout).toContain('1 selected − ');
  expect(stdout).toContain('Result: everything holds\n');
  expect(stdout).not.toMatch(/\b1 (users|people|devices|inspections|operations|are|show|use|have)\b/);
  expect(stdout).toContain('has 1 user.\n');
});

test('everything holds with 9 users, and a narrow terminal gets the result in one column and no line that is too long', async () => {
  const { stdout, stderr } = await tellHere(9, 60);

  expect(stderr).toBe('');
  expect(stdout).toContain('9 selected − ');
  expect(stdout).toContain('Result: everything holds\n');
  expect(stdout).toMatch(/\n {2}Users locked by the run +9\n/);
  expect(stdout).toMatch(/\n {2}Inspections entered +\d+\n/);
  expect(stdout.split('\n').filter((line) => line.length > 60)).toEqual([]);
});

test.each<[string[], string]>([
  [['--users', '0'], '--users is a whole number from 1 to 1000000, not "0".'],
  [['--users', 'many'], '--users is a whole number from 1 to 1000000, not "many".'],
  [['--user', '5'], "Unknown option '--user'. Did you mean --users?"],
  [['5'], 'Unexpected argument "5"'],
  [['--users'], "'--users <value>' argument missing"],
  [['--fast=yes'], "'--fast' does not take an argument"]
])('npm start -- %j is refused with one clear message and exit code 2', async (args, sentence) => {
  const { code, stdout, stderr } = await new RecordedIo().run(demo, args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('npm start -- --help explains itself', async () => {
  const { code, stdout } = await new RecordedIo().run(demo, ['--help']);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: npm start /);
});

test('npm start | head -5 ends quietly and with its own exit code', async () => {
  const demoInPipe = folder.run('demo', ['--users', '20']);
  await demoInPipe.sees('1. People at work');
  demoInPipe.child.stdout?.destroy();

  const { code, stderr } = await demoInPipe.ended;

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('npm start --users 50, which npm takes for an option of its own, is refused with the right command', async () => {
  const { code, stdout, stderr } = await folder.runScript('start', '--users', '50').ended;

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Pass options after "--":\n  npm start -- --users 50\n');
});

// The terminal and npm each send one, so the second must not cut the first one's work short.
test.each([
  ['while devices sign in', 'People at work'],
  ['while the task runs', 'Plan: lock 185 users']
])('Ctrl-C, which arrives twice, ends npm start %s with 130 and a sentence', async (_, text) => {
  const demo = folder.run('demo', ['--fast']);
  await demo.sees(text);
  demo.child.kill('SIGINT');
  demo.child.kill('SIGINT');

  const { code, stdout, stderr } = await demo.ended;

  expect(code).toBe(130);
  expect(stderr).toBe('Stopped. The embedded backend is gone, and nothing else was touched.\n');
  expect(stdout).not.toContain('Everybody signs in again');
});

/** Tells the demo with its invocations in this process. */
async function tellHere(users: number, columns?: number): Promise<RecordedIo['printed'] & { result: DemoResult }> {
  const io = new RecordedIo(columns === undefined ? {} : { columns });
  const result = await tellDemo({ users, isFast: true, isJson: false, run: runTaskHere }, io);
  return { ...io.printed, result };
}

/** A screen that takes down what is printed and when it pauses. */
function takeDown(columns: number | undefined): { readonly told: string[]; readonly story: Listener } {
  const told: string[] = [];
  const output = {
    write: (text: string) => void told.push(text),
    columns,
    isClosed: false,
    closed: new Promise<void>(() => undefined)
  };
  return { told, story: printStory(output, () => Promise.resolve(void told.push('pause'))) };
}

test('there is a pause before every chapter but the first, and a terminal gets long lines in parts', async () => {
  const { told, story } = takeDown(110);

  await story.chapter('Plan');
  story.line(`${'long '.repeat(30)}end`);
  await story.chapter('Lock');
  story.line('x'.repeat(200));

  const [first, second] = [`   ${'long '.repeat(21).trimEnd()}`, `     ${'long '.repeat(9)}end`];
  expect(told).toEqual(['1. Plan\n', `${first}\n${second}\n`, 'pause', '2. Lock\n', `   ${'x'.repeat(200)}\n`]);
});

test('a pipe gets long lines whole', () => {
  const { told, story } = takeDown(undefined);

  story.line(`${'long '.repeat(30)}end`);

  expect(told).toEqual([`   ${'long '.repeat(30)}end\n`]);
});

test('of a log, the screen shows no JSON, nothing that an earlier log told, and one of the users who stay locked', () => {
  const shown: string[] = [];
  const log = new TaskLog((line) => shown.push(line), new Set(['Deployment: Depot']));
  const lines = ['Deployment: Depot', '25 users stay locked:', 'stays locked: a: why', 'stays locked: b: why'];
  for (const line of [...lines, '… and 5 more; the returned report names 25', 'Result: done', '{"runId":1}']) {
    log.onLog(line);
  }

  expect(shown).toEqual(['25 users stay locked:', 'stays locked: a: why (and 24 more)', 'Result: done']);
});

test('a single user who stays locked is followed by no count of others', () => {
  const shown: string[] = [];
  const log = new TaskLog((line) => shown.push(line));
  const lines = ['1 user stays locked:', 'stays locked: a: why'];
  for (const line of lines) log.onLog(line);

  expect(shown).toEqual(lines);
});

describe('with 200 users', () => {
  let result: DemoResult;
  let printed: RecordedIo['printed'];
  beforeAll(async () => {
    ({ result, ...printed } = await tellHere(200, 110));
  });

  test('the story is told on one screen', () => {
    const { stdout, stderr } = printed;

    expect(stderr).toBe('');
    expect(stdout).toContain('200 selected − 3 protected − 0 excluded − 12 already locked = 185 to lock');
    expect(stdout).toContain('Canary: 3 of 3 users shown locked, no session turned RESET. The others follow.');
    expect(stdout).toContain('Batch request 2: 182 sent, 182 locked, 0 failed.');
    expect(stdout).toContain('164 devices are online: 164 show the login screen now');
    expect(stdout).toContain('Once connected, 41 show it too.');
    expect(stdout).toContain('A locked user who tries to sign in is refused.');
    expect(stdout).toContain('12 users stay locked:');
    expect(stdout).toContain('(and 11 more)\n');
    expect(stdout).toMatch(
      /Inspections: (\d+) entered = \d+ in the backend \+ 36 on devices of users still locked \+ 0 lost/
    );
    expect(stdout).toContain('Undoing the run once more: nothing is left to undo');
    expect(stdout).toMatch(/Users locked by the run +185 .*\n.*Users unlocked by undoing it +185 /);
    expect(stdout).toMatch(/Devices signed out, data kept +205 /);
    expect(stdout).toMatch(/Devices wiped +0 +Control: inspections lost +[1-9]/);
    expect(stdout).not.toContain('{"runId"');

    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(48);
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  });

  test('the JSON accounts for every row, and the control loses rows', () => {
    const { devices, control, backend } = JSON.parse(formatJson(result)) as DemoJson;

    expect(backend).toMatchObject({ lockedUsers: 197, lockRequests: 2, operations: 185 });
    expect(devices).toMatchObject({ devices: 220, loginScreens: 205, back: 205, rowsLost: 0 });
    expect(devices.rowsInBackend + devices.rowsOnDevices).toBe(devices.rowsEntered);
    expect(devices.rowsOnDevices).toBeGreaterThan(0);
    expect(control).toMatchObject({ devices: 220, devicesWiped: 220, rowsLost: control.rowsEntered });
    expect(control.rowsLost).toBeGreaterThan(0);
    expect(findFailedChecks(result)).toEqual([]);
  });

  test.each<[string, (result: DemoResult) => Partial<DemoResult>]>([
    ['The lock run ended as "partial".', ({ lock }) => ({ lock: { ...lock, status: 'partial' } })],
    ['Undoing it ended as "refused".', ({ undo }) => ({ undo: { ...undo, status: 'refused' } })],
    ['users were locked, and', ({ undo }) => ({ undo: { ...undo, counts: { ...undo.counts, unlocked: 1 } } })],
    ['1 session was wiped.', ({ states }) => ({ states: { ...states, end: { ...states.end, resetSessions: 1 } } })],
    ['Devices have lost 2 rows.', () => ({ wipedRows: 2 })],
    ['1 row is neither', ({ devices }) => ({ devices: { ...devices, rowsLost: 1 } })],
    ['1 device of a locked user could sign in.', () => ({ wronglyLetIn: 1 })],
    ['12 users were locked by hand; 11 of them', () => ({ stillLocked: 11 })],
    ['back: 4.', ({ devices }) => ({ devices: { ...devices, back: 4 } })],
    ['Devices of protected users in the app: 2 of 3.', () => ({ protectedDevices: { inApp: 2, all: 3 } })],
    ['unlocked 1 user.', ({ again }) => ({ again: { ...again, counts: { ...again.counts, unlocked: 1 } } })],
    ['The control has lost nothing', ({ control }) => ({ control: { ...control, rowsLost: 0 } })]
  ])('a result of which this is true has failed: %s', (sentence, change) => {
    expect(findFailedChecks({ ...result, ...change(result) })).toEqual([expect.stringContaining(sentence)]);
  });
});
