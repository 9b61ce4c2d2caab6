import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followVariables } from '../../../tasks/local/follow-variables';

let folder: string;
let log: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'variables-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(variables: object | undefined): void {
  const local = variables === undefined ? {} : { variables };
  writeFileSync(join(folder, '.journeyrc'), JSON.stringify({ default: 'local', deployments: { local } }));
}

test('variables are those that .journeyrc has now', () => {
  const read = followVariables(folder, { LOCK_USERS_ARMED: 'true' }, (line) => log.push(line));

  write({ LOCK_USERS_ARMED: 'false' });
  expect(read()).toEqual({ LOCK_USERS_ARMED: 'false' });
  write(undefined);
  expect(read()).toEqual({});
  expect(log).toEqual([]);
});

test('while .journeyrc is wrong those from before apply, and that is told once for each mistake', () => {
  const read = followVariables(folder, { LOCK_USERS_ARMED: 'true' }, (line) => log.push(line));
  const told = [
    '.journeyrc: deployments.local.variables: Unknown variable LOCK_USERS_ARMD. Did you mean "LOCK_USERS_ARMED"?\nUntil it is corrected, the variables from before apply.'
  ];

  write({ LOCK_USERS_ARMD: 'false' });
  expect([read(), read()]).toEqual([{ LOCK_USERS_ARMED: 'true' }, { LOCK_USERS_ARMED: 'true' }]);
  expect(log).toEqual(told);
  write({ LOCK_USERS_RATE: '5' });
  expect(read()).toEqual({ LOCK_USERS_RATE: '5' });
  write({ LOCK_USERS_ARMD: 'false' });
  expect(read()).toEqual({ LOCK_USERS_RATE: '5' });
  expect(log).toEqual([...told, ...told]);
});
