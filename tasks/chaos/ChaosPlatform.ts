import { DbRecordStore } from '../../cloudcode/lock_users/src/platform/DbRecordStore';
import { DbUserSource } from '../../cloudcode/lock_users/src/platform/DbUserSource';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import type { Clock, Ports } from '../../cloudcode/lock_users/src/ports';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import type { Emulator } from '../local/backend/Emulator';
import type { Exchange } from '../local/backend/http/Exchange';
import { lockUser } from '../local/backend/state/Session';
import type { UserRecord } from '../local/backend/state/Session';
import type { Malformation } from '../local/backend/control/Fault';
import { createEmulator } from '../local/backend/start-backend';
import { connectDatabase } from '../local/runtime/db/connect-database';
import { checkDuration, checkLeases, checkOrder, LEAST_WAIT_MS } from './check-time';
import { connectInProcess } from './connect-in-process';
import type { Scenario } from './Scenario';
import { seededRandom } from './random';
import { VirtualClock } from '../shared/VirtualClock';
import { delaySaves, disturbAnswers, jumpingClock, order, watchWaits } from './disturb-time';
import type { TimeFaults } from './TimeFaults';

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';
const BACKEND_URL = `http://localhost/api/v4/${BACKEND_ID}`;

/** The record of a batch. */
export interface RecordedBatch {
  /** What the batch did with the users. */
  readonly action: string;
  readonly done: number;
  readonly userIds: readonly string[];
  readonly notDone: readonly { readonly userId: string }[];
}

/** What may happen during a run. */
export interface Interference {
  /** Kills the process after this time. Default: never. */
  readonly killAfterMs?: number;
  /** Happens between two invocations of the run. */
  readonly meanwhile?: () => void;
}

/** One invocation. */
export interface Process {
  isAlive: boolean;
  /** The connections that it has open, or had. */
  readonly exchanges: Exchange[];
  /** When it has sent a request that changes somebody. */
  readonly changesAtMs: number[];
}

/** What a process does, and where its orders go. */
export interface Launch {
  readonly run: (settings: Settings, ports: Ports) => Promise<Report>;
  readonly schedule: (parameters: object, afterMs: number) => void;
}

/** Milliseconds in which an invocation has written its lease, with slow answers. */
const START_MS = 45_000;

/** A deployment of the emulator with the task on it, on virtual time. */
export class ChaosPlatform {
  readonly clock = new VirtualClock();
  readonly emulator: Emulator;
  readonly log: string[] = [];
  readonly userIds: readonly string[];
  readonly protectedIds: readonly string[];
  readonly excludedIds: readonly string[];
  readonly timeProblems: string[] = [];
  /** The trouble with time that there is while faults are on. */
  private time: TimeFaults | undefined;
  /** The most milliseconds that an answer has asked to wait. */
  private askedMs = LEAST_WAIT_MS;
  private invocations = 0;
  private ids = 1;

  constructor(private readonly scenario: Scenario) {
    const { switches, seed, users, locked, twoDevices, limits, concurrency } = scenario;
    this.emulator = createEmulator({ backendId: BACKEND_ID, switches, nowMs: () => this.clock.nowMs() });
    this.userIds = this.emulator.seed({ users, locked, twoDevices, seed }).userIds;
    this.protectedIds = this.userIds.filter((_, index) => index % scenario.protectedEvery === 1);
    this.excludedIds = this.userIds.filter((_, index) => index % scenario.excludedEvery === 2);
    this.emulator.setLimits({ ...limits, concurrency });
  }

  /** Turns the scenario's faults on. */
  startFaults(): void {
    // Ids of users to be created are no places.
    const faults = this.scenario.faults.map((fault) =>
      'userIds' in fault
        ? { ...fault, userIds: fault.userIds.map((place) => this.userIds[Number(place)] ?? place) }
        : fault
    );
    this.emulator.setFaults({ seed: this.scenario.seed, faults });
    this.time = this.scenario.time;
  }

  stopFaults(): void {
    this.emulator.setFaults({ faults: [] });
    this.time = undefined;
  }

  /** @throws ApiError `OBJECT_NOT_FOUND` */
  user(userId: string): UserRecord {
    return this.emulator.state.user(userId);
  }

  /** Whether the user is in the app; somebody may have deleted them. */
  isThere(userId: string): boolean {
    return this.emulator.state.findUser(userId) !== undefined;
  }

  /** Whether the platform shows the user without their id, so that nobody can name them. */
  isHidden(userId: string): boolean {
    return this.isMalformed(userId, (how) => how === 'null' || how.startsWith('id-'));
  }

  /** Whether the platform does not show whether the user is locked. */
  hidesLock(userId: string): boolean {
    return this.isMalformed(userId, (how) => how.startsWith('locked-'));
  }

  private isMalformed(userId: string, isMeant: (how: Malformation) => boolean): boolean {
    return this.scenario.faults.some(
      (fault) =>
        fault.kind === 'malformed-users' &&
        isMeant(fault.how) &&
        fault.userIds.some((place) => this.userIds[Number(place)] === userId)
    );
  }

  /** Locks the user as an administrator would, and keeps the data. */
  lockByHand(userId: string): void {
    lockUser(this.user(userId), false, this.emulator.state.now());
  }

  /** Signs the user in again on the first of their devices. */
  signIn(userId: string): void {
    const exchange = this.emulator.begin({
      method: 'POST',
      url: new URL('http://localhost/_device/enroll'),
      authorization: undefined,
      contentType: 'application/json',
      body: JSON.stringify({ user_id: userId, device_id: this.user(userId).sessions[0]?.deviceId })
    });
    const { status } = exchange.complete();
    if (status !== 200) throw new Error(`Signing in was answered with ${status}.`);
  }

  /** Lets time pass. */
  async wait(waitMs: number): Promise<void> {
    await this.clock.run(this.clock.sleep(waitMs));
  }

  /** The record of a run, by the names of the model's fields; undefined if there is none. */
  recordedRun(runId: string): ReadonlyMap<string, unknown> | undefined {
    return [...this.emulator.state.store('lock_run').all()].find(({ values }) => values.get('run_id') === runId)
      ?.values;
  }

  /** Where every recorded run stands. */
  recordedStatuses(): string[] {
    return [...this.emulator.state.store('lock_run').all()].map(({ values }) => String(values.get('status')));
  }

  /** Requests a run by an object, as somebody does in the app. Returns the object's id. */
  requestRun(values: object): string {
    const exchange = this.emulator.begin({
      method: 'POST',
      url: new URL(`${BACKEND_URL}/objects/lock_run.json`),
      authorization: `Bearer ${this.emulator.token}`,
      contentType: 'application/json',
      body: JSON.stringify({ lock_run: { status: 'requested', ...values } })
    });
    const { json } = exchange.complete();
    exchange.end();
    return String((json as { readonly id?: unknown } | undefined)?.id);
  }

  /** The batches with an outcome in the app's database. */
  recordedBatches(): RecordedBatch[] {
    const answered = [...this.emulator.state.store('lock_run_batch').all()].filter(
      ({ values }) => values.get('state') === 'answered'
    );
    return answered.map(({ values }) => ({
      action: String(values.get('action')),
      done: Number(values.get('done')),
      userIds: JSON.parse(String(values.get('user_ids'))) as string[],
      notDone: JSON.parse(String(values.get('not_done'))) as { userId: string }[]
    }));
  }

  /**
   * Triggers the task and lets it run through all its invocations; returns the report of each. If the process is killed,
   * these are the reports of the invocations that had ended.
   */
  async trigger(given: object, { killAfterMs = Infinity, meanwhile }: Interference = {}): Promise<Report[]> {
    const killAtMs = this.clock.nowMs() + killAfterMs;
    const reports: Report[] = [];
    let next: { parameters: object; afterMs: number } | undefined = { parameters: given, afterMs: 0 };
    while (next !== undefined) {
      await this.wait(next.afterMs);
      if (reports.length > 0) meanwhile?.();
      let ordered: typeof next | undefined;
      const process: Process = { isAlive: true, exchanges: [], changesAtMs: [] };
      const { parameters } = next;
      let beganAtMs = 0;
      const launched = this.launch(process, {
        run: (settings, ports) => {
          beganAtMs = this.clock.monotonicMs();
          return runInvocation(createContext(settings, parseParameters(parameters), ports));
        },
        schedule: (later, afterMs) => {
          ordered = { parameters: JSON.parse(JSON.stringify(later)) as object, afterMs };
          this.timeProblems.push(...checkOrder(this.emulator, afterMs, this.askedMs, this.clock.nowMs()));
        }
      });
      const report = await this.clock.run(launched, killAtMs);
      this.kill(process);
      if (report === 'cut') return reports;
      this.timeProblems.push(
        ...checkDuration(this.clock.monotonicMs() - beganAtMs),
        ...checkLeases(this.emulator, this.askedMs, this.clock.nowMs() + this.wrongFromTheStartMs())
      );
      reports.push(report);
      next = ordered;
    }
    return reports;
  }

  /** Starts a process of the task on the clock, which somebody has to let run. */
  async launch(process: Process, { run, schedule }: Launch): Promise<Report> {
    const { scenario } = this;
    const ports = await this.connect(process, schedule);
    return run(
      {
        backendUrl: BACKEND_URL,
        backendId: BACKEND_ID,
        token: new Secret(this.emulator.token),
        webhook: true,
        armed: true,
        authScheme: 'Bearer',
        protectedIds: this.protectedIds,
        userModel: 'user',
        pace: scenario.pace,
        budgetMs: this.time?.budgetMs ?? scenario.budgetMs
      },
      ports
    );
  }

  /** Ends a process and its connections. */
  kill(process: Process): void {
    process.isAlive = false;
    for (const exchange of process.exchanges) exchange.end();
  }

  /** By how much a process's clock is ahead that is wrong before it writes its lease: then its lease is as well. */
  private wrongFromTheStartMs(): number {
    const { afterMs, byMs } = this.time?.jump ?? { afterMs: Infinity, byMs: 0 };
    return afterMs < START_MS ? Math.max(0, byMs) : 0;
  }

  /** The ports of one process. After its death, nothing that it waits for happens. */
  private async connect(process: Process, schedule: (parameters: object, afterMs: number) => void): Promise<Ports> {
    const { emulator, scenario, time } = this;
    const orNever = <T>(promise: Promise<T>): Promise<T> =>
      promise.finally(() => (process.isAlive ? undefined : new Promise<never>(() => undefined)));
    const processClock: Clock = {
      nowMs: () => this.clock.nowMs(),
      monotonicMs: () => this.clock.monotonicMs(),
      sleep: (waitMs, signal) => orNever(this.clock.sleep(waitMs, signal))
    };
    const reach = connectInProcess(emulator, this.clock, scenario.latencyMs, (exchange) =>
      process.exchanges.push(exchange)
    );
    const clock = jumpingClock(processClock, time?.jump);
    const random = seededRandom(scenario.seed + this.invocations++);
    const disturbance = seededRandom(scenario.seed + 3_000_000_019 + this.invocations);
    const undisturbed: typeof reach = (url, init) => orNever(reach(url, init));
    const watched: typeof reach = (url, init) => {
      if (init.method === 'POST') process.changesAtMs.push(this.clock.nowMs());
      return undisturbed(url, init);
    };
    const fetchUrl = watchWaits(
      disturbAnswers(watched, time, this.clock, disturbance),
      (waitMs) => (this.askedMs = Math.max(this.askedMs, waitMs))
    );
    const options = {
      url: BACKEND_URL,
      token: emulator.token,
      sleep: (ms: number) => clock.sleep(ms),
      fetchUrl: delaySaves(undisturbed, time, processClock, disturbance)
    };
    const database = await connectDatabase(options);
    let orders = 0;
    return {
      backend: new HttpBackendApi(
        { backendUrl: BACKEND_URL, token: new Secret(emulator.token), authScheme: 'Bearer' },
        clock,
        fetchUrl
      ),
      userSource: new DbUserSource(database, 'user', clock),
      records: scenario.records ? DbRecordStore.find(database, clock) : undefined,
      clock,
      log: { line: (text) => void this.log.push(text) },
      queue: {
        name: 'lock_users',
        schedule: (parameters, afterMs) =>
          order(time?.order ?? 'none', ++orders, processClock, () => schedule(parameters, afterMs))
      },
      random,
      newRunId: () => `run-${scenario.seed}-${this.ids++}`
    };
  }
}
