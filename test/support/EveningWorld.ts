import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { RunRecord } from '../../cloudcode/lock_users/src/records/RunRecord';
import { FakePlatform } from './fake-ports';
import { MemoryRecordStore } from './MemoryRecordStore';
import { runOnFake } from './run-on-fake';
import { userIds } from './user-id';

/** A minute in milliseconds. */
export const MINUTE_MS = 60_000;
/** A day in milliseconds. */
export const DAY_MS = 86_400_000;
/** When the lock run of SHIFT begins. */
export const EVENING_MS = Date.parse('2026-07-01T20:00:00Z');
/** When it lets its users back in. */
export const MORNING_MS = Date.parse('2026-07-02T04:00:00Z');
/** Parameters of a lock run that lets its users back in the next morning. */
export const SHIFT = { runId: 'shift', unlockAt: '06:00 Europe/Berlin' };

type Parameters = Readonly<Record<string, unknown>>;

/** Something that happens at a moment. */
interface Event {
  readonly atMs: number;
  readonly happen: () => Promise<void> | void;
}

/** What the platform does to an order for a moment: when it delivers it, as often as that; it may throw to refuse it. */
export type Deliveries = (atMs: number, nowMs: number) => readonly number[];

/** A deployment on virtual time, whose queue delivers what the task orders, and whose processes can be killed. */
export class EveningWorld {
  readonly platform = new FakePlatform(userIds(6));
  readonly records = new MemoryRecordStore();
  readonly reports: Report[] = [];
  /** Default: just then, once. */
  deliveries: Deliveries = (atMs) => [atMs];
  private events: Event[] = [];
  private runs = 0;

  constructor(
    startMs: number,
    private readonly settings: Partial<Settings> = {}
  ) {
    this.platform.records = this.records;
    this.platform.newRunId = () => `run-${++this.runs}`;
    this.platform.clock.now = startMs;
  }

  get nowMs(): number {
    return this.platform.clock.now;
  }

  get locked(): string[] {
    return [...this.platform.locked].sort();
  }

  get lastReport(): Report | undefined {
    return this.reports[this.reports.length - 1];
  }

  /** @throws Error where there is none */
  record(runId = SHIFT.runId): RunRecord {
    const found = [...this.records.runs.values()].find((run) => run.runId === runId);
    if (found === undefined) throw new Error(`There is no record of ${runId}.`);
    return found;
  }

  /** Id of the lock run that began last. */
  get lastLock(): string | null | undefined {
    return [...this.records.runs.values()].reverse().find(({ action }) => action === 'lock')?.runId;
  }

  /** Id of the undo that this lock run has ordered. */
  get lastUndo(): string | null | undefined {
    return [...this.records.runs.values()].find(({ runId }) => runId === this.lastLock)?.unlockRunId;
  }

  at(atMs: number, happen: Event['happen']): void {
    const after = this.events.findIndex((event) => event.atMs > atMs);
    this.events.splice(after === -1 ? this.events.length : after, 0, { atMs, happen });
  }

  /** Starts a run at a moment. */
  startAt(atMs: number, params: Parameters): void {
    this.at(atMs, () => this.run(params));
  }

  /** Lets everything happen until a moment. */
  async passUntil(untilMs: number): Promise<void> {
    for (let next = this.events[0]; next !== undefined && next.atMs <= untilMs; next = this.events[0]) {
      this.events.shift();
      this.platform.clock.now = Math.max(this.nowMs, next.atMs);
      await next.happen();
    }
    this.platform.clock.now = Math.max(this.nowMs, untilMs);
  }

  /** Carries out an invocation, and what it orders is delivered. */
  async run(params: Parameters): Promise<void> {
    const report = await runOnFake(this.platform, params, this.settings);
    this.reports.push(report);
    this.deliver();
  }

  /** From now on each batch takes so many minutes. Returns the parameters with which it has one user. */
  slowDown(minutes: number): object {
    const { platform } = this;
    const lock = platform.answerBatch;
    platform.answerBatch = (operations) => {
      platform.clock.now += minutes * MINUTE_MS;
      return lock(operations);
    };
    return { batchSize: 1, concurrency: 1 };
  }

  /** Carries out an invocation that is killed with its first change, and comes again after so many minutes. */
  async runKilled(params: Parameters, minutes: number): Promise<void> {
    const { platform } = this;
    const { answerBatch, answerUnlock } = platform;
    let tellKilled: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => (tellKilled = resolve));
    const hang = (): Promise<void> => (tellKilled(), new Promise(() => undefined));
    platform.answerBatch = (operations) => (answerBatch(operations), hang());
    platform.answerUnlock = (userId) => {
      platform.answerUnlock = hang;
      return answerUnlock(userId);
    };
    await Promise.race([killed, runOnFake(platform, params, this.settings)]);
    Object.assign(platform, { answerBatch, answerUnlock });
    this.deliver();
    this.startAt(this.nowMs + minutes * MINUTE_MS, params);
  }

  /** Carries out a lock run that is asked to stop while its first batch is on its way, longer than from one look to the next. */
  async runStopped(params: Parameters): Promise<void> {
    const { platform } = this;
    const { answerBatch } = platform;
    platform.answerBatch = (operations) => {
      platform.answerBatch = answerBatch;
      this.records.requestStop(this.lastLock ?? '');
      platform.clock.now += MINUTE_MS;
      return answerBatch(operations);
    };
    await this.run(params);
  }

  /** Takes an order as the platform does, or throws. */
  private deliver(): void {
    const { scheduled, scheduledAt } = this.platform;
    for (const { parameters, afterMs } of scheduled.splice(0)) this.startAt(this.nowMs + afterMs, parameters);
    for (const { parameters, atMs } of scheduledAt.splice(0)) {
      for (const moment of this.deliveries(atMs, this.nowMs)) this.startAt(Math.max(this.nowMs, moment), parameters);
    }
  }
}
