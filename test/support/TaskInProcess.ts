import { randomUUID } from 'node:crypto';
import fetch from 'node-fetch';
import { DbRecordStore } from '../../cloudcode/lock_users/src/platform/DbRecordStore';
import { DbUserSource } from '../../cloudcode/lock_users/src/platform/DbUserSource';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import type { Ports } from '../../cloudcode/lock_users/src/ports';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import { Device } from '../../tasks/local/devices/Device';
import { connectDatabase } from '../../tasks/local/runtime/db/connect-database';
import { RecordingLog } from './fake-ports';
import type { ReachedBackend } from './reach-backend';

/**
 * The task in this process on a backend whose clock can be moved forward: what the task can tell from the time between two
 * runs is tried without waiting.
 */
export class TaskInProcess {
  readonly log = new RecordingLog();
  private runs = 0;
  /** Where the task orders later invocations. Default: nowhere. */
  queue: Ports['queue'];

  constructor(private readonly reached: ReachedBackend) {}

  get backend(): ReachedBackend['backend'] {
    return this.reached.backend;
  }

  /** Moves the clock of the task and of the backend forward. */
  passTime(ms: number): void {
    this.reached.passTime(ms);
  }

  /** A new device of a user. */
  makeDevice(userId: string): Device {
    const { origin, deviceFetch } = this.reached;
    return new Device({ origin, userId, deviceId: randomUUID(), ...(deviceFetch && { fetchUrl: deviceFetch }) });
  }

  /** Makes a request to the API as an administrator does. */
  async call(path: string, body: unknown = {}): Promise<void> {
    const { backend, url, fetchUrl = fetch, finish } = this.reached;
    const headers = { Authorization: `Bearer ${backend.token}`, 'Content-Type': 'application/json' };
    const response = await finish(fetchUrl(`${url}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
    if (response.status > 299) {
      throw new Error(`POST ${path} was answered with ${response.status}: ${await response.text()}`);
    }
  }

  isLocked(userId: string): boolean {
    return this.backend.user(userId)?.locked === true;
  }

  /** Runs the task, armed, through one invocation. */
  run(params: object, settings: Partial<Settings> = {}): Promise<Report> {
    return this.reached.finish(this.invoke(params, settings));
  }

  private async invoke(params: object, settings: Partial<Settings>): Promise<Report> {
    const { log } = this;
    const { backend, clock, fetchUrl, url } = this.reached;
    const access = { backendUrl: url, token: new Secret(backend.token), authScheme: 'Bearer' as const };
    const sleep = (delayMs: number): Promise<void> => clock.sleep(delayMs);
    const db = await connectDatabase({ url, token: backend.token, sleep, ...(fetchUrl && { fetchUrl }) });
    return runInvocation(
      createContext(
        {
          ...access,
          backendId: backend.backendId,
          webhook: false,
          armed: true,
          protectedIds: [],
          userModel: 'user',
          pace: { rate: 1000, burst: 100_000 },
          budgetMs: 270_000,
          ...settings
        },
        parseParameters(params),
        {
          backend: new HttpBackendApi(access, clock, fetchUrl),
          userSource: new DbUserSource(db, 'user', clock, access.token.redact),
          records: DbRecordStore.find(db, clock, access.token.redact),
          clock,
          log,
          queue: this.queue,
          random: () => 0.5,
          newRunId: () => `run-${++this.runs}`
        }
      )
    );
  }
}
