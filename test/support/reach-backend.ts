import { Headers } from 'node-fetch';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import type { Fetch } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Clock } from '../../cloudcode/lock_users/src/ports';
import { connectInProcess } from '../../tasks/chaos/connect-in-process';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import { createEmulator, startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import type { FetchUrl } from '../../tasks/local/devices/DeviceConnection';
import { VirtualClock } from '../../tasks/shared/VirtualClock';

const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';
const ORIGIN = 'http://localhost';
/** From the client to the emulator, and the same back. */
const LATENCY_MS = 1;

/** A backend and the way to it. */
export interface ReachedBackend {
  readonly origin: string;
  readonly url: string;
  readonly backend: Pick<
    RunningBackend,
    'token' | 'backendId' | 'seed' | 'user' | 'state' | 'requests' | 'violations' | 'close'
  >;
  readonly clock: Clock;
  /** Moves the clock of the client and of the backend forward. */
  passTime(ms: number): void;
  /** What stands in for node-fetch. Undefined: nothing does. */
  readonly fetchUrl: Fetch | undefined;
  /** What stands in for a device's fetch. Undefined: nothing does. */
  readonly deviceFetch: FetchUrl | undefined;
  /** Lets time pass until the promise is settled. */
  finish<T>(promise: Promise<T>): Promise<T>;
}

/** A backend over HTTP, on the machine's clock, which can be moved forward. */
export async function reachOverHttp(): Promise<ReachedBackend> {
  let movedMs = 0;
  const clock: Clock = {
    nowMs: () => systemClock.nowMs() + movedMs,
    monotonicMs: () => systemClock.monotonicMs() + movedMs,
    sleep: (waitMs, signal) => systemClock.sleep(waitMs, signal)
  };
  const backend = await startBackend({ nowMs: () => clock.nowMs() });
  return {
    origin: backend.origin,
    url: backend.url,
    backend,
    clock,
    passTime: (ms) => void (movedMs += ms),
    fetchUrl: undefined,
    deviceFetch: undefined,
    finish: (promise) => promise
  };
}

/** A backend without a network, on virtual time. */
export function reachInProcess(switches: Partial<Switches> = {}): ReachedBackend {
  const clock = new VirtualClock();
  const emulator = createEmulator({ backendId: BACKEND_ID, switches, nowMs: () => clock.nowMs() });
  return {
    origin: ORIGIN,
    url: `${ORIGIN}/api/v4/${BACKEND_ID}`,
    backend: {
      token: emulator.token,
      backendId: BACKEND_ID,
      seed: (request) => emulator.seed(request),
      user: (id) => emulator.user(id),
      state: () => emulator.summarize(),
      requests: () => emulator.requests(),
      violations: () => emulator.violations(),
      close: () => Promise.resolve()
    },
    clock,
    passTime: (ms) => clock.moveTo(clock.nowMs() + ms),
    fetchUrl: connectInProcess(emulator, clock, LATENCY_MS, () => undefined),
    deviceFetch(url, { method, headers: given, body }) {
      const headers = new Headers(given);
      const { status, json } = emulator
        .begin({
          method,
          url: new URL(url),
          authorization: headers.get('authorization') ?? undefined,
          authenticationType: headers.get('journey-authentication-type') ?? undefined,
          contentType: headers.get('content-type') ?? undefined,
          body
        })
        .complete();
      return Promise.resolve({ status, text: () => Promise.resolve(JSON.stringify(json)) });
    },
    async finish(promise) {
      await clock.run(promise);
      return promise;
    }
  };
}
