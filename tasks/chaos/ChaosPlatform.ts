import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import type { Ports } from '../../cloudcode/lock_users/src/ports';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import type { Emulator } from '../local/backend/Emulator';
import { lockUser } from '../local/backend/state/Session';
import type { UserRecord } from '../local/backend/state/Session';
import type { Malformation } from '../local/backend/control/Fault';
import { createEmulator, readDataModel } from '../local/backend/start-backend';
import { checkDuration, checkLeases, checkOrder, LEAST_WAIT_MS } from './check-time';
import { BACKEND_ID, BACKEND_URL, connectProcess } from './connect-process';
import type { Process } from './connect-process';
import type { Scenario } from './Scenario';
import { VirtualClock } from '../shared/VirtualClock';
import type { TimeFaults } from './TimeFaults';

/** What may happen during a run. */
export interface Interference {
  /** Kills the process after this time. Default: never. */
  readonly killAfterMs?: number;
  /** Happens between two invocations of the run. */
  readonly meanwhile?: () => void;
}

/** What a process does, and where its orders go. */
export interface Launch {
  readonly run: (settings: Settings, ports: Ports) => Promise<Report>;
  readonly schedule: (parameters: object, afterMs: number) => void;
}

/** Read once, because a seed makes five deployments. Nothing changes it. */
const DATA_MODEL = readDataModel();

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
  /** What the processes of the triggered runs have sent, in the order in which they started. */
  readonly triggered: Process[] = [];
  /** The trouble with time that there is while faults are on. */
  private time: TimeFaults | undefined;
  /** The most milliseconds that an answer has asked to wait. */
  private askedMs = LEAST_WAIT_MS;
  private processes = 0;
  private ids = 1;

  constructor(private readonly scenario: Scenario) {
    const { switches, seed, users, locked, twoDevices, limits, concurrency } = scenario;
    this.emulator = createEmulator({
      backendId: BACKEND_ID,
      dataModel: DATA_MODEL,
      switches,
      nowMs: () => this.clock.nowMs()
    });
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

  /** Whether a run has said that its record could not be written as it should: what the record says binds nobody then. */
  get isRecordIncomplete(): boolean {
    return this.log.some((line) => line.includes('What the record says may be incomplete'));
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
      this.triggered.push(process);
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
    const ports = await connectProcess(process, {
      emulator: this.emulator,
      clock: this.clock,
      scenario,
      time: this.time,
      number: this.processes++,
      onAsked: (waitMs) => (this.askedMs = Math.max(this.askedMs, waitMs)),
      schedule,
      log: { line: (text) => void this.log.push(text) },
      newRunId: () => `run-${scenario.seed}-${this.ids++}`
    });
    return run(
      {
        backendUrl: BACKEND_URL,
        backendId: BACKEND_ID,
        token: new Secret(this.emulator.token),
        webhook: true,
        armed: true,
        authScheme: 'Bearer',
        protectedIds: this.protectedIds,
        batchUnlock: scenario.triesBatchUnlock ? 'try' : 'off',
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
}
