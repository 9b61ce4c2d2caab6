import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';

/** Clears a terminal, names a window, breaks the line with a forged one, and turns the direction of writing. */
const HOSTILE = 'x\u001b[2J\u001b]0;pwn\u0007\u009b2J\nRun abc (lock): done\r\u2028\u202e\u200b';
/** Everything but our own line breaks, and what takes the line of the progress away. */
const UNSAFE = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** The marks of doctor. */
const COLOUR = new RegExp(`${'\\u001b'}\\[(3[1-3]|0)m`, 'g');

let operator: LocalOperator;
let userIds: readonly string[];
beforeEach(async () => {
  ({ operator, userIds } = await LocalOperator.startDirect(2));
});
afterEach(() => operator.close());

test('no name, record or report reaches a terminal as a code, or as a line of its own', async () => {
  await operator.changeUser(userIds[0], { name: HOSTILE });
  const failure = { userId: HOSTILE, outcome: HOSTILE, type: HOSTILE, detail: HOSTILE };
  const warning = { code: HOSTILE, message: HOSTILE };
  const id = await operator.createRun({
    status: 'done',
    run_id: `r${HOSTILE}`,
    action: 'lock',
    requested_by: HOSTILE,
    message: HOSTILE,
    started_at: '2026-01-01T00:00:00Z',
    unlock_at: '2100-01-01T05:00:00Z',
    unlock_run_id: HOSTILE,
    locked: 1,
    report: JSON.stringify({ failures: [failure], warnings: [warning] })
  });
  const { json: created } = await callBackend(operator.backend, 'GET', `objects/lock_run/${id}.json`);
  expect(created).toMatchObject({ message: HOSTILE });
  for (const args of [['plan', '--direct'], ['runs'], ['status'], ['status', 'last'], ['doctor'], ['stop', 'last']]) {
    const terminal = await operator.open({ isTerminal: true }).call(...args);
    const printed = (terminal.stdout + terminal.stderr).replaceAll(COLOUR, '');
    expect({ args, code: terminal.code, unsafe: UNSAFE.exec(printed)?.[0] }).toEqual({
      args,
      code: 0,
      unsafe: undefined
    });
    expect(printed).not.toMatch(/^Run abc/m);
  }
  const { json, stdout } = await operator.call('status', 'last');
  expect(json['message']).toBe(HOSTILE);
  expect(stdout).not.toMatch(UNSAFE);
  // Nobody could type it.
  expect(json).not.toHaveProperty('next');
});

test.each([
  '{"failures":5,"stopReason":"x"}',
  '{"failures":[5],"warnings":{}}',
  '{"failures":[],"warnings":[null]}',
  '{"failures":[],"stopReason":{"code":5}}',
  '[]',
  'null',
  '5',
  'x'
])('the forged report %s in a record is none', async (report) => {
  await operator.createRun({
    status: 'partial',
    run_id: 'f',
    action: 'lock',
    started_at: '2026-01-01T00:00:00Z',
    locked: 1,
    report
  });
  for (const args of [['status', 'f'], ['status'], ['runs']]) {
    for (const isTerminal of [false, true]) {
      const { code, stdout } = await operator.open({ isTerminal }).call(...args);
      expect({ args, code, isShown: stdout.includes('f') }).toEqual({
        args,
        code: args[1] === 'f' ? 1 : 0,
        isShown: true
      });
    }
  }
});
