import { LockUsersError } from '../../../cloudcode/lock_users/src/errors';
import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import type { Ports } from '../../../cloudcode/lock_users/src/ports';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { createContext } from '../../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../../cloudcode/lock_users/src/run/run-invocation';
import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { VirtualClock } from '../../../tasks/shared/VirtualClock';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { SETTINGS } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

const END_MS = 290_000;

/** A platform on a virtual clock, on which every request gives up in time, as the adapters do. */
class SlowPlatform {
  readonly clock = new VirtualClock();
  readonly log = new RecordingLog();
  readonly platform: FakePlatform;
  /** Milliseconds that each kind of call takes; Infinity: it never settles. */
  batchMs = 0;
  saveMs = 0;
  scheduleMs = 0;
  private readonly beganAtMs = this.clock.monotonicMs();

  constructor(users: number) {
    this.platform = new FakePlatform(userIds(users));
  }

  get elapsedMs(): number {
    return this.clock.monotonicMs() - this.beganAtMs;
  }

  ports(): Ports {
    const { platform, clock, log } = this;
    const { records } = platform;
    const ports = platform.ports(log);
    if (records !== undefined) {
      const save = records.save.bind(records);
      records.save = (saved, timeoutMs = Infinity) => this.within(timeoutMs, this.saveMs, () => save(saved));
    }
    const post = platform.postBatch.bind(platform);
    platform.postBatch = (operations, timeoutMs = Infinity) =>
      this.within(timeoutMs, this.batchMs, () => post(operations));
    const { queue } = ports;
    return {
      ...ports,
      clock,
      queue: queue && {
        name: queue.name,
        schedule: async (parameters, afterMs) => {
          await this.take(this.scheduleMs);
          await queue.schedule(parameters, afterMs);
        },
        scheduleAt: async (parameters, atMs) => {
          await this.take(this.scheduleMs);
          await queue.scheduleAt(parameters, atMs);
        }
      }
    };
  }

  private take(ms: number): Promise<void> {
    return ms === Infinity ? new Promise<void>(() => undefined) : this.clock.sleep(ms);
  }

  private async within<T>(timeoutMs: number, takesMs: number, work: () => Promise<T>): Promise<T> {
    if (takesMs <= timeoutMs) {
      await this.take(takesMs);
      return work();
    }
    await this.take(timeoutMs);
    throw new LockUsersError({ code: 'RECORD_FAILED', message: 'Too late.', nextStep: 'Wait.', network: 'timeout' });
  }
}

function run(slow: SlowPlatform, parameters: object, budgetMs: number): Promise<Report | 'cut'> {
  const context = createContext({ ...SETTINGS, budgetMs }, parseParameters(parameters), slow.ports());
  return slow.clock.run(runInvocation(context));
}

const BUDGETS_MS = [1000, 60_000, 270_000, 275_000];
const TIMES_MS = [0, 900, 4000, 12_000, Infinity];

test.each(BUDGETS_MS.flatMap((budgetMs) => TIMES_MS.map((scheduleMs) => [budgetMs, scheduleMs] as const)))(
  'with a budget of %i ms and an order that takes %d ms an invocation ends in time, however slow its saves and batches are',
  async (budgetMs, scheduleMs) => {
    for (const saveMs of TIMES_MS) {
      for (const batchMs of [1000, 29_000, Infinity]) {
        const slow = new SlowPlatform(400);
        Object.assign(slow, { saveMs, batchMs, scheduleMs });
        let loggedAtMs = Infinity;
        const line = slow.log.line.bind(slow.log);
        slow.log.line = (text) => {
          if (text.startsWith('{')) loggedAtMs = slow.elapsedMs;
          line(text);
        };

        const report = await run(slow, { batchSize: 1, concurrency: 1 }, budgetMs);

        expect(report).not.toBe('cut');
        expect({ saveMs, batchMs, endedInTime: slow.elapsedMs <= END_MS }).toMatchObject({ endedInTime: true });
        expect(loggedAtMs).toBeLessThanOrEqual(slow.elapsedMs);
      }
    }
  }
);

test('the report is logged before the record is closed', async () => {
  const slow = new SlowPlatform(5);
  const { records } = slow.platform;
  let wasLogged: boolean | undefined;
  if (records !== undefined) {
    records.onSave = (saved) => {
      if (saved.some((record) => 'status' in record && record.status === 'done')) {
        wasLogged = slow.log.lines.some((text) => text.startsWith('{'));
      }
    };
  }

  expect(await run(slow, {}, 270_000)).toMatchObject({ status: 'done' });

  expect(wasLogged).toBe(true);
});

test('an order that never settles is said, and the run does not claim to go on', async () => {
  const slow = new SlowPlatform(2500);
  Object.assign(slow, { scheduleMs: Infinity, batchMs: 1000 });

  const report = await run(slow, { batchSize: 1, concurrency: 1 }, 270_000);

  expect(report).toMatchObject({
    status: 'partial',
    stopReason: { message: expect.stringContaining('the queue did not answer within') }
  });
});

test('a webhook whose order never settles is carried out where it came, within the same 290 s', async () => {
  const slow = new SlowPlatform(2500);
  Object.assign(slow, { scheduleMs: Infinity, batchMs: 1000 });
  const request = slow.platform.records?.add({ status: 'requested', parameters: '{"batchSize": 1, "concurrency": 1}' });

  const report = await slow.clock.run(handleWebhook({ ...SETTINGS, webhook: true }, request?.id ?? '', slow.ports()));

  expect(report).toMatchObject({ runId: request?.id, counts: { planned: 2500 } });
  expect(slow.elapsedMs).toBeLessThanOrEqual(END_MS);
});
