import { readFileSync, writeFileSync } from 'node:fs';
import { readPlanFile, writePlanFile } from '../../tasks/lock-users/plan-file';
import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
let userIds: readonly string[];
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(6));
});
afterEach(() => operator.close());

test('a plan shows whom a lock would lock, and its apply locks them and nobody else', async () => {
  const path = operator.file('plan.json');
  const exclude = operator.file('exclude.txt', `${userIds[5]}\n`);

  const plan = await operator.call('plan', '--direct', '--out', path, '--exclude', exclude, '--reason', 'Release 7');
  expect(plan).toMatchObject({
    code: 0,
    json: {
      status: 'planned',
      count: 5,
      counts: { selected: 6, excluded: 1, planned: 5 },
      next: `lock-users apply ${path} --direct`
    }
  });
  expect(plan.json['sample']).toHaveLength(5);
  expect(operator.backend.state()).toMatchObject({ lockRequests: 0 });
  expect((await callBackend(operator.backend, 'GET', 'objects/lock_run.json')).json).toMatchObject({ objects: [] });

  const { userIds: later } = operator.backend.seed({ users: 2 });
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });
  const { code, json } = await operator.call('apply', path, '--direct', '--confirm', '5');

  expect(code).toBe(0);
  expect(json).toMatchObject({ status: 'done', counts: { selected: 5, alreadyLocked: 1, locked: 4 } });
  expect(json['next']).toBe(`lock-users undo ${String(json['runId'])} --direct`);
  expect(operator.lockedIds.sort()).toEqual(userIds.slice(0, 5).sort());
  expect(operator.lockedIds).not.toContain(later[0]);

  const undone = await operator.call('undo', String(json['runId']), '--direct', '--confirm', '4');
  expect(undone).toMatchObject({ code: 0, json: { status: 'done', counts: { unlocked: 4 } } });
  expect(operator.lockedIds).toEqual([userIds[0]]);
});

test('a plan that was changed, of another deployment, or none, is refused with 2', async () => {
  const path = operator.file('plan.json');
  await operator.call('plan', '--direct', '--out', path);
  const text = readFileSync(path, 'utf8');
  const foreign = operator.file('foreign.json');
  writePlanFile(foreign, { ...readPlanFile(path, operator.backend.backendId), backendId: 'f'.repeat(24) });
  const cases: [string, string, string][] = [
    [text.replace('"count": 6', '"count": 7'), 'was changed since', path],
    ['{}', 'is not a plan', path],
    [readFileSync(foreign, 'utf8'), 'is the plan of another deployment (Depot, testing)', path],
    ['no JSON', 'cannot be read as a plan', path]
  ];
  for (const [content, message] of cases) {
    writeFileSync(path, content);
    const { code, stderr } = await operator.call('apply', path, '--direct', '--confirm', '6');
    expect({ code, says: stderr.includes(message) }).toEqual({ code: 2, says: true });
  }
  expect(operator.lockedIds).toEqual([]);
});

test('--dry-run of a plan shows what is left of it, and sends nothing', async () => {
  const path = operator.file('plan.json');
  await operator.call('plan', '--direct', '--out', path);
  await callBackend(operator.backend, 'POST', `users/${userIds[0]}/lock`, { wipe: false });

  const end = await operator.call('apply', path, '--direct', '--dry-run', '--confirm', '6');

  expect(end).toMatchObject({ code: 0, json: { status: 'planned', next: `lock-users apply ${path} --direct` } });
  expect(end.json['counts']).toMatchObject({ alreadyLocked: 1, planned: 5 });
  expect(operator.lockedIds).toEqual([userIds[0]]);
});

test('the plan says how many are protected by id and how many by rule', async () => {
  await operator.changeUser(userIds[1], { role: 'administrator' });
  await operator.changeUser(userIds[2], { role: 'administrator' });
  const rule = '["role = ?", "administrator"]';
  const protectedIds = [userIds[2], userIds[3], userIds[4]].join(',');
  operator.configure({ variables: { LOCK_USERS_PROTECTED: protectedIds, LOCK_USERS_PROTECTED_WHERE: rule } });

  const { json } = await operator.call('plan', '--direct');
  const { stdout } = operator.note(await operator.open({ isTerminal: true }).call('plan', '--direct'));

  expect(json).toMatchObject({ counts: { protected: 4 }, protectedBy: { id: 3, rule: 1 } });
  expect(stdout).toMatch(/^selected +6\nprotected by id +3\nprotected by rule +1\nexcluded +0$/m);
});

test('users that fail are named, end with 1, and the next command does the rest', async () => {
  const ids = operator.file('ids.txt', userIds.join('\n'));
  const path = operator.file('plan.json');
  await operator.call('plan', '--direct', '--users', ids, '--out', path);
  await callBackend(operator.backend, 'DELETE', `objects/user/${userIds[3]}.json`);

  const { code, json } = await operator.call('apply', path, '--direct', '--confirm', '6');

  expect(code).toBe(1);
  expect(json).toMatchObject({
    status: 'partial',
    counts: { locked: 5, failed: 1 },
    next: `lock-users apply ${path} --direct`
  });
  expect(json['report']).toMatchObject({ failures: [{ userId: userIds[3] }] });
});
