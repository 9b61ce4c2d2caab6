import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalOperator } from '../support/LocalOperator';

let operator: LocalOperator;
let userIds: readonly string[];
let users: string;
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(4));
  users = join(operator.root, 'u.txt');
  writeFileSync(users, `${userIds[0]}\n`);
});
afterEach(() => operator.close());

const nextOf = async (...args: string[]): Promise<unknown> => (await operator.call(...args)).json['next'];

test('after a dry run and a plan the next command means those who were selected', async () => {
  const selected = `--users ${users} --max-users 3 --direct`;
  expect(await nextOf('apply', '--users', users, '--max-users', '3', '--direct', '--dry-run')).toBe(
    `lock-users apply ${selected}`
  );
  expect(await nextOf('plan', '--users', users, '--max-users', '3', '--direct')).toBe(`lock-users apply ${selected}`);
  expect(await nextOf('reauthenticate', '--users', users, '--direct', '--dry-run', '--deployment', 'depot')).toBe(
    `lock-users reauthenticate --users ${users} --direct --deployment depot`
  );
});

test('a lock is followed by the undo on the same deployment, and an unlock of some by that of the same', async () => {
  const { json } = await operator.call('apply', '--direct', '--confirm', '4', '--deployment', 'depot');
  expect(json['next']).toBe(`lock-users undo ${String(json['runId'])} --direct --deployment depot`);
  expect(await nextOf('unlock', '--users', users, '--direct', '--dry-run')).toBe(
    `lock-users unlock --users ${users} --direct`
  );
});

test('a narrow terminal gets the next command in one piece: a part of it could mean everybody', async () => {
  const terminal = operator.open({ isTerminal: true, columns: 40 });
  const { stderr } = operator.note(await terminal.call('plan', '--direct', '--users', users));
  expect(stderr).toContain(`Next: lock-users apply --users ${users} --direct\n`);
});
