import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPlanFile, writePlanFile } from '../../tasks/lock-users/plan-file';
import { LocalPlatform } from '../support/LocalPlatform';
import { OperatorBench } from '../support/OperatorBench';

let local: LocalPlatform;
let operator: OperatorBench;
/** Whether an undo is ordered, which keeps the runtime busy until it is due. */
let isForMorning = false;
afterEach(async () => {
  if (!isForMorning) await local.platform.runtime.idle();
  isForMorning = false;
  await local.platform.close();
  operator.remove();
});

async function start(variables: Record<string, string> = {}): Promise<readonly string[]> {
  local = await LocalPlatform.start(variables);
  const { backend } = local.platform;
  operator = new OperatorBench(backend);
  return backend.seed({ users: 6 }).userIds;
}
const lockedUsers = (): number => local.platform.backend.state().lockedUsers;

test('the deployed task plans, locks no more than was agreed to, and undoes it', async () => {
  const userIds = await start();
  const path = join(operator.root, 'plan.json');
  const report = join(operator.root, 'report.json');

  const plan = await operator.call('plan', '--out', path);
  expect(plan).toMatchObject({ code: 0, json: { count: 6, counts: { selected: 6 } } });
  const done = await operator.call('apply', path, '--confirm', '6', '--report', report, '--reason', 'Release 7');

  expect(done).toMatchObject({ code: 0, json: { status: 'done', counts: { selected: 6, locked: 6 } } });
  expect(lockedUsers()).toBe(6);
  const rows = JSON.parse(readFileSync(report, 'utf8')) as { userId: string; outcome: string }[];
  expect(rows.map(({ userId }) => userId).sort()).toEqual([...userIds].sort());
  expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['locked']));
  const runs = await local.runs();
  expect(runs).toContainEqual(
    expect.objectContaining({ reason: 'Release 7', requested_by: 'lock-users', status: 'done' })
  );

  const undone = await operator.call('undo', String(done.json['runId']), '--confirm', '6');
  expect(undone).toMatchObject({ code: 0, json: { action: 'unlock', status: 'done', counts: { unlocked: 6 } } });
  expect(lockedUsers()).toBe(0);
});

test('a rule in OXIDE that protects everybody leaves nobody to lock', async () => {
  await start({ LOCK_USERS_PROTECTED_WHERE: '["name != ?", "x"]' });
  const { code, json } = await operator.call('apply', '--confirm', '6');
  expect({ code, json }).toMatchObject({
    code: 0,
    json: { status: 'planned', counts: { protected: 6, planned: 0 }, next: 'lock-users status' }
  });
  expect(lockedUsers()).toBe(0);
  const { stdout } = operator.note(await operator.open({ isTerminal: true }).call('plan'));
  expect(stdout).toMatch(/^protected by id +0\nprotected by rule +6$/m);
});

test('an evening lets its users back in by itself: the confirmation and the ending say when', async () => {
  isForMorning = true;
  await start();
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = '6';
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString().slice(0, 17) + '00Z';

  const outside = await operator.call('apply', '--confirm', '6', '--window', closedWindow());
  expect(outside).toMatchObject({ code: 3, json: { report: { stopReason: { code: 'OUTSIDE_WINDOW' } } } });
  const { code, stdout, stderr } = operator.note(await terminal.call('apply', '--unlock-at', inAnHour));

  expect(code).toBe(0);
  expect(stderr).toContain(`They would be let back in at ${inAnHour}.\n`);
  const [, by] = new RegExp(`^They are let back in at ${inAnHour}, by run (\\S+)\\.$`, 'm').exec(stdout) ?? [];
  const evening = (await local.runs()).find(({ status }) => status === 'done');
  expect(evening).toMatchObject({ unlock_at: inAnHour, unlock_run_id: by });
  expect(stderr).toContain(`Next: lock-users status ${String(evening?.['run_id'])}\n`);
  expect(await operator.call('status')).toMatchObject({ code: 0, json: { unlockAt: inAnHour, unlockRunId: by } });

  await operator.call('undo', String(evening?.['run_id']), '--confirm', '6');
  const { json } = await operator.call('status', String(evening?.['run_id']));
  expect(json).not.toHaveProperty('unlockAt');
});

/** An hour that is not this one, in UTC. */
function closedWindow(): string {
  const hour = (new Date().getUTCHours() + 3) % 24;
  const show = (value: number): string => `${String(value % 24).padStart(2, '0')}:00`;
  return `${show(hour)}-${show(hour + 1)} Etc/UTC`;
}

test.each([
  ['a webhook that is off', { LOCK_USERS_WEBHOOK: 'false' }, 2, 'LOCK_USERS_WEBHOOK'],
  ['a deployment that is not armed', { LOCK_USERS_ARMED: 'false' }, 3, 'LOCK_USERS_ARMED'],
  ['a cap', { LOCK_USERS_MAX_USERS: '5' }, 3, 'LOCK_USERS_MAX_USERS']
])('%s is said, and nobody is locked', async (_case, variables, code, message) => {
  await start(variables);
  const end = await operator.call('apply', '--confirm', '6');
  expect(end).toMatchObject({ code, json: { status: 'refused', message: expect.stringContaining(message) as string } });
  expect(lockedUsers()).toBe(0);
});

test('Ctrl-C in a pipe only stops watching: the run goes on, and its status is the next command', async () => {
  await start();
  const pipe = operator.open();
  const { clock } = pipe;
  let looks = 0;
  pipe.clock = {
    ...clock,
    sleep(waitMs, signal) {
      // The plan takes some looks; the first one after the confirmation is about the run itself.
      if (++looks === 1) pipe.interrupt.abort();
      return clock.sleep(waitMs, signal);
    }
  };

  const { code, json } = operator.note(await pipe.call('apply', join(await keepPlan(), 'plan.json'), '--confirm', '6'));

  expect(code).toBe(130);
  expect(json['next']).toBe(`lock-users status ${String(json['runId'])}`);
  await local.platform.runtime.idle();
  expect(lockedUsers()).toBe(6);
});

async function keepPlan(): Promise<string> {
  await operator.call('plan', '--out', join(operator.root, 'plan.json'));
  return operator.root;
}

test('more users than the platform takes as parameters are refused with what to do', async () => {
  await start();
  const path = join(await keepPlan(), 'plan.json');
  const plan = readPlanFile(path, local.platform.backend.backendId);
  const userIds = Array.from({ length: 130_000 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
  writePlanFile(path, { ...plan, count: userIds.length, userIds });

  const { code, stderr } = await operator.call('apply', path, '--confirm', '130000');

  expect({ code, says: stderr.includes('--direct') }).toEqual({ code: 2, says: true });
});
