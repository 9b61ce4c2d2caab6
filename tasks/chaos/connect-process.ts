import { DbRecordStore } from '../../cloudcode/lock_users/src/platform/DbRecordStore';
import { DbUserSource } from '../../cloudcode/lock_users/src/platform/DbUserSource';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Clock, Ports } from '../../cloudcode/lock_users/src/ports';
import type { Emulator } from '../local/backend/Emulator';
import type { Exchange } from '../local/backend/http/Exchange';
import { connectDatabase } from '../local/runtime/db/connect-database';
import type { VirtualClock } from '../shared/VirtualClock';
import { connectInProcess } from './connect-in-process';
import { delaySaves, disturbAnswers, jumpingClock, order, watchWaits } from './disturb-time';
import { seededRandom } from './random';
import type { Scenario } from './Scenario';
import type { TimeFaults } from './TimeFaults';

/** The backend deployment that every process reaches. */
export const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

/** Its address. */
export const BACKEND_URL = `http://localhost/api/v4/${BACKEND_ID}`;

/** One invocation. */
export interface Process {
  isAlive: boolean;
  /** The connections that it has open, or had. */
  readonly exchanges: Exchange[];
  /** When it has sent a request that changes somebody. */
  readonly changesAtMs: number[];
  /** When it has asked the platform for something last. */
  askedAtMs?: number;
}

/** What a process is connected to. */
export interface World {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
  readonly scenario: Scenario;
  /** The trouble with time that there is now. */
  readonly time: TimeFaults | undefined;
  /** Which process of the scenario this is, from 0: each has a chance of its own. */
  readonly number: number;
  /** Told how many milliseconds an answer has asked to wait. */
  readonly onAsked: (waitMs: number) => void;
  /** Takes what the process orders. */
  readonly schedule: (parameters: object, afterMs: number) => void;
  readonly log: Ports['log'];
  readonly newRunId: Ports['newRunId'];
}

/** The ports of one process. After its death, nothing that it waits for happens. */
export async function connectProcess(process: Process, world: World): Promise<Ports> {
  const { emulator, clock: worldClock, scenario, time, number, onAsked, schedule, log, newRunId } = world;
  const orNever = <T>(promise: Promise<T>): Promise<T> =>
    promise.finally(() => (process.isAlive ? undefined : new Promise<never>(() => undefined)));
  const processClock: Clock = {
    nowMs: () => worldClock.nowMs(),
    monotonicMs: () => worldClock.monotonicMs(),
    sleep: (waitMs, signal) => orNever(worldClock.sleep(waitMs, signal))
  };
  const reach = connectInProcess(emulator, worldClock, scenario.latencyMs, (exchange) =>
    process.exchanges.push(exchange)
  );
  const clock = jumpingClock(processClock, time?.jump);
  const random = seededRandom(scenario.seed + number);
  const disturbance = seededRandom(scenario.seed + 3_000_000_020 + number);
  const ids = seededRandom(scenario.seed + 5_000_000_029 + number);
  const undisturbed: typeof reach = (url, init) => orNever(reach(url, init));
  const watched: typeof reach = (url, init) => {
    // The names of users are looked up when the run is over.
    if (!url.endsWith('/query.json')) process.askedAtMs = worldClock.nowMs();
    if (init.method === 'POST' && !url.endsWith('/query.json')) process.changesAtMs.push(worldClock.nowMs());
    return undisturbed(url, init);
  };
  const fetchUrl = watchWaits(disturbAnswers(watched, time, worldClock, disturbance), onAsked);
  const options = {
    url: BACKEND_URL,
    token: emulator.token,
    sleep: (ms: number) => clock.sleep(ms),
    // Of two runs the one with the smaller id gets the lease, so ids are drawn by the seed as well.
    newId: () => drawUuid(ids),
    fetchUrl: delaySaves(undisturbed, time, processClock, disturbance)
  };
  const token = new Secret(emulator.token);
  const database = await connectDatabase(options);
  let orders = 0;
  return {
    backend: new HttpBackendApi({ backendUrl: BACKEND_URL, token, authScheme: 'Bearer' }, clock, fetchUrl),
    userSource: new DbUserSource(database, 'user', clock, token.redact),
    records: scenario.records ? DbRecordStore.find(database, clock, token.redact) : undefined,
    clock,
    log,
    queue: {
      name: 'lock_users',
      schedule: (parameters, afterMs) =>
        order(time?.order ?? 'none', ++orders, processClock, () => schedule(parameters, afterMs)),
      scheduleAt: (parameters, atMs) =>
        order(time?.order ?? 'none', ++orders, processClock, () => schedule(parameters, atMs - processClock.nowMs()))
    },
    random,
    newRunId
  };
}

function drawUuid(random: () => number): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}
