import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFault } from '../support/build-fault';
import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';
import type { ProgramEnd } from '../support/RecordedProgram';

let operator: LocalOperator;
let userIds: readonly string[];
let report: string;
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(3));
  report = join(operator.root, 'r.json');
});
afterEach(() => operator.close());

const EMPTY = { kind: 'error-body', body: 'json', applied: false, route: 'POST objects/lock_run_batch/query.json' };

/** Nothing else waits as long as the watching does until its first look. */
const FIRST_LOOK_MS = 250;
const SECOND_LOOK_MS = 500;

async function setFaults(...faults: readonly object[]): Promise<void> {
  const { ok } = await fetch(`${operator.backend.origin}/_local/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ seed: 1, faults })
  });
  expect(ok).toBe(true);
}
function readOutcomes(): readonly string[] {
  return (JSON.parse(readFileSync(report, 'utf8')) as { readonly outcome: string }[]).map(({ outcome }) => outcome);
}
const lock = (path = report): Promise<ProgramEnd> =>
  operator.call('apply', '--direct', '--confirm', '3', '--report', path);

test('a dry run writes who would be changed', async () => {
  const { code } = await operator.call('apply', '--direct', '--dry-run', '--report', report);

  expect(code).toBe(0);
  expect(readOutcomes()).toEqual(['not_attempted', 'not_attempted', 'not_attempted']);
});

test('a report that cannot be written once during the run is whole in the end, and the run ends with 0', async () => {
  const program = operator.open();
  const { clock } = program;
  program.clock = {
    ...clock,
    sleep(waitMs, signal) {
      if ([FIRST_LOOK_MS, SECOND_LOOK_MS].includes(waitMs)) rmSync(report, { recursive: true, force: true });
      if (waitMs === FIRST_LOOK_MS) mkdirSync(report);
      return clock.sleep(waitMs, signal);
    }
  };
  // So that there are several looks.
  await setFaults({ kind: 'delay', ms: 700, route: 'POST batch.json', locks: true });

  const { code, stderr } = operator.note(await program.call('apply', '--direct', '--confirm', '3', '--report', report));

  expect({ code, stderr: stderr.includes('cannot be written') }).toEqual({ code: 0, stderr: false });
  expect(readOutcomes()).toEqual(['locked', 'locked', 'locked']);
});

test('one empty answer to the question for batches leaves nobody out', async () => {
  await setFaults({ ...EMPTY, at: [1, 3] });
  expect((await lock()).code).toBe(0);
  expect(readOutcomes()).toEqual(['locked', 'locked', 'locked']);
});

test('where no batch is shown of a run that has changed somebody, it is said, and they are unconfirmed', async () => {
  await setFaults(EMPTY);
  const { code, json, stderr } = await lock();
  expect({ code, status: json['status'] }).toEqual({ code: 1, status: 'done' });
  expect(json['error']).toContain('is not whole: the run has changed 3 users, and its batches show 0.');
  expect(stderr).toContain('is not whole');
  expect(readOutcomes()).toEqual(['unconfirmed', 'unconfirmed', 'unconfirmed']);
});

test('a folder that is deleted during the run is said, and ends with 1', async () => {
  const folder = join(operator.root, 'folder');
  mkdirSync(folder);
  const program = operator.open();
  const { clock } = program;
  program.clock = {
    ...clock,
    sleep(waitMs, signal) {
      if (waitMs === FIRST_LOOK_MS) rmSync(folder, { recursive: true });
      return clock.sleep(waitMs, signal);
    }
  };
  const path = join(folder, 'r.csv');
  const { code, json, stderr } = await program.call('apply', '--direct', '--confirm', '3', '--report', path);
  expect({ code, status: json['status'] }).toEqual({ code: 1, status: 'done' });
  expect(stderr).toContain(`The run is as shown, but this failed: --report ${path} cannot be written: `);
  expect(existsSync(folder)).toBe(false);
});

test.each([
  ['that cannot be read, ends with 1', buildFault('RECORD_FAILED', 403), 1],
  ['that shows a bug, ends with 70', new TypeError('A bug.'), 70]
])('a record %s; the run goes on, and the report is made all the same', async (_case, error, code) => {
  const program = operator.open();
  const { clock } = program;
  program.clock = {
    ...clock,
    sleep: (waitMs, signal) => (waitMs === FIRST_LOOK_MS ? Promise.reject(error) : clock.sleep(waitMs, signal))
  };
  const end = await program.call('apply', '--direct', '--confirm', '3', '--report', report);
  expect(end).toMatchObject({ code, json: { exitCode: code, status: 'done', counts: { locked: 3 } } });
  expect(end.stderr).toContain('The run is as shown, but this failed: ');
  expect(end.json['error']).toContain(error.message);
  expect(readOutcomes()).toEqual(['locked', 'locked', 'locked']);
});

test('after a run that was killed whoever was sent is unconfirmed', async () => {
  const program = operator.open();
  const { clock } = program;
  let isDry = true;
  program.clock = {
    ...clock,
    async sleep(waitMs, signal) {
      if (waitMs === FIRST_LOOK_MS) await play();
      return clock.sleep(waitMs, signal);
    }
  };
  /** The deployed task: it plans, then sends two and is killed. */
  async function play(): Promise<void> {
    const { json } = await callBackend(operator.backend, 'GET', 'objects/lock_run.json');
    const run = (json['objects'] as { readonly id: string; readonly status: unknown }[]).at(isDry ? 0 : -1);
    const id = run?.id ?? '';
    const change = (values: object) =>
      callBackend(operator.backend, 'PATCH', `objects/lock_run/${id}.json`, { lock_run: values });
    if (isDry) await change({ status: 'planned', action: 'lock', selected: 3, planned: 3 });
    else {
      const sent = { lock_run_id: id, run_id: id, action: 'lock', number: 1, state: 'sent' };
      await callBackend(operator.backend, 'POST', 'objects/lock_run_batch.json', {
        lock_run_batch: { ...sent, sent_at: new Date().toISOString(), user_ids: JSON.stringify(userIds.slice(0, 2)) }
      });
      await change({ status: 'interrupted', action: 'lock' });
    }
    isDry = false;
  }

  const { code } = await program.call('apply', '--confirm', '3', '--report', report);

  expect(code).toBe(6);
  expect([...readOutcomes()].sort()).toEqual(['not_attempted', 'unconfirmed', 'unconfirmed']);
});

test('a file that is read is not overwritten, under whatever name', async () => {
  const [plan, users, link] = ['plan.json', 'users.csv', 'link.json'].map((name) => join(operator.root, name)) as [
    string,
    string,
    string
  ];
  await operator.call('plan', '--direct', '--out', plan);
  writeFileSync(users, userIds.join('\n'));
  symlinkSync(plan, link);
  const before = [plan, users].map((path) => readFileSync(path, 'utf8'));
  for (const [args, says] of [
    [['apply', plan, '--report', plan], `--report ${plan} would overwrite ${plan}`],
    [['apply', plan, '--report', link], `--report ${link} would overwrite ${plan}`],
    [['apply', '--users', users, '--report', users], `--report ${users} would overwrite ${users}`],
    [['unlock', '--exclude', users, '--report', `${operator.root}/./users.csv`], `would overwrite ${users}`],
    [['plan', '--users', users, '--out', users], `--out ${users} would overwrite ${users}`]
  ] as const) {
    const confirmed = args[0] === 'plan' ? args : [...args, '--confirm', '3'];
    const { code, stderr } = await operator.call(...confirmed, '--direct');
    expect({ args, code, stderr }).toEqual({ args, code: 2, stderr: expect.stringContaining(says) as string });
  }
  expect([plan, users].map((path) => readFileSync(path, 'utf8'))).toEqual(before);
  expect(operator.backend.state().lockedUsers).toBe(0);
});
