import { callBackend } from '../support/call-backend';
import { LocalOperator } from '../support/LocalOperator';
import type { RecordedProgram } from '../support/RecordedProgram';

let operator: LocalOperator;
let plan: string;

/** A deployment whose task is played by the test, and a plan for it. */
beforeEach(async () => {
  ({ operator } = await LocalOperator.startDirect(4));
  plan = operator.file('plan.json');
  await operator.call('plan', '--direct', '--out', plan);
});
afterEach(() => operator.close());

type Run = Readonly<Record<string, unknown>>;

/** Time that passes at once; at each look something may happen to the run. */
function play(
  program: RecordedProgram,
  act: (look: number, change: (values: object) => Promise<void>) => Promise<void>
): void {
  let [elapsedMs, look] = [0, 0];
  const startedAtMs = Date.now();
  program.clock = {
    nowMs: () => startedAtMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    async sleep(waitMs, signal) {
      // The limit of a request is a sleep that is aborted when the answer comes.
      if (waitMs >= 10_000) return new Promise((resolve) => signal?.addEventListener('abort', () => resolve()));
      elapsedMs += waitMs;
      await act(++look, async (values) => {
        const [run] = await listRuns();
        await callBackend(operator.backend, 'PATCH', `objects/lock_run/${String(run?.['id'])}.json`, {
          lock_run: values
        });
      });
    }
  };
}

async function listRuns(): Promise<readonly Run[]> {
  const { json } = await callBackend(operator.backend, 'GET', 'objects/lock_run.json');
  return json['objects'] as Run[];
}

const LEASE = new Date(Date.now() + 300_000).toISOString();
const RUNNING = { status: 'running', action: 'lock', lease_expires_at: LEASE, planned: 4, locked: 2 };

test('Ctrl-C and "s" ask the run to stop in its record, and wait until it has', async () => {
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = 's';
  play(terminal, async (look, change) => {
    if (look === 1) await change(RUNNING);
    if (look === 2) terminal.interrupt.abort();
    if (look === 3) {
      const [run] = await listRuns();
      expect(run?.['stop_requested']).toBeTruthy();
      await change({ status: 'partial', message: 'It was asked to stop.', unconfirmed: 0 });
    }
  });

  const { code, stdout, stderr } = await terminal.call('apply', plan, '--confirm', '4');

  expect(terminal.asked).toEqual(['Stop the run (s), or only stop watching (w)? ']);
  expect(stderr).toContain('The run was asked to stop. Waiting until it has.');
  expect(stdout).toContain('It was asked to stop.');
  expect(code).toBe(1);
});

test('Ctrl-C and "w" leave the run alone, and end with 130', async () => {
  const terminal = operator.open({ isTerminal: true });
  terminal.answer = 'w';
  play(terminal, (look) => {
    if (look === 1) terminal.interrupt.abort();
    return Promise.resolve();
  });

  const { code, stderr } = await terminal.call('apply', plan, '--confirm', '4');

  const [run] = await listRuns();
  expect(code).toBe(130);
  expect(run?.['stop_requested'] ?? null).toBeNull();
  expect(stderr).toContain(`Next: lock-users status ${String(run?.['id'])}`);
});

test('a terminal shows one line that changes, and takes it away at the end', async () => {
  const terminal = operator.open({ isTerminal: true });
  play(terminal, async (look, change) => {
    if (look === 1) await change({ status: 'running' });
    if (look === 2) await change(RUNNING);
    if (look === 4) await change({ status: 'done', locked: 4 });
  });

  const { code, stderr } = await terminal.call('apply', plan, '--confirm', '4');

  expect(code).toBe(0);
  expect(stderr).toMatch(/\rrunning: 4 users, the first counts take some seconds/);
  expect(stderr).toMatch(/\rrunning: 2\/4 users, 0 failed, \d+\/s, \d+ s left/);
  expect(stderr).toMatch(/\r +\rNext: /);
});

test('a pipe gets a line every few seconds, and none with --quiet', async () => {
  for (const [options, lines] of [
    [[], 2],
    [['--quiet'], 0]
  ] as const) {
    const pipe = operator.open();
    play(pipe, async (look, change) => {
      if (look === 1) await change(RUNNING);
      // Looks at 0.25, 0.75, 1.75, 3.75, 5.75, 7.75, 9.75, 11.75 s.
      if (look === 8) await change({ status: 'done', locked: 4 });
    });
    const { code, stderr } = await pipe.call('apply', plan, '--confirm', '4', ...options);
    const shown = stderr.split('\n').filter((line) => /^(running|done): /.test(line));
    expect({ code, lines: shown.length }).toEqual({ code: 0, lines });
    for (const { id } of await listRuns()) {
      await callBackend(operator.backend, 'DELETE', `objects/lock_run/${String(id)}.json`);
    }
  }
});

test('a run that does not begin ends with 2 and what to look at, and one whose process is gone with 6', async () => {
  const waiting = operator.open();
  play(waiting, () => Promise.resolve());
  const { code, stderr } = await waiting.call('apply', plan, '--confirm', '4');
  expect({ code, says: stderr.includes('has not begun') }).toEqual({ code: 2, says: true });
  for (const { id } of await listRuns()) {
    await callBackend(operator.backend, 'DELETE', `objects/lock_run/${String(id)}.json`);
  }

  const pipe = operator.open();
  play(pipe, async (look, change) => {
    if (look === 1) await change({ ...RUNNING, lease_expires_at: '2020-01-01T00:00:00Z' });
  });
  const dead = await pipe.call('apply', plan, '--confirm', '4');
  expect(dead).toMatchObject({ code: 6, json: { status: 'interrupted', next: `lock-users apply ${plan}` } });
});
