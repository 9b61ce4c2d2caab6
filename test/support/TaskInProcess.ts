import { DbRecordStore } from '../../cloudcode/lock_users/src/platform/DbRecordStore';
import { DbUserSource } from '../../cloudcode/lock_users/src/platform/DbUserSource';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import { systemClock } from '../../cloudcode/lock_users/src/platform/system-clock';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parameters';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import type { Clock, Ports } from '../../cloudcode/lock_users/src/ports';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { connectDatabase } from '../../tasks/local/runtime/db/connect-database';
import { callBackend } from './call-backend';
import { RecordingLog } from './fake-ports';

/**
 * A backend over HTTP, and the task on it in this process, on a clock that can be moved forward: what the task can tell from
 * the time between two runs is tried without waiting.
 */
export class TaskInProcess {
  readonly log = new RecordingLog();
  private movedMs = 0;
  private runs = 0;
  private readonly clock: Clock = {
    nowMs: () => systemClock.nowMs() + this.movedMs,
    sleep: (waitMs, signal) => systemClock.sleep(waitMs, signal)
  };
  private running: RunningBackend | undefined;

  static async start(): Promise<TaskInProcess> {
    const task = new TaskInProcess();
    task.running = await startBackend({ nowMs: () => task.clock.nowMs() });
    return task;
  }

  get backend(): RunningBackend {
    if (this.running === undefined) throw new Error('The backend is not running.');
    return this.running;
  }

  /** Moves the clock of the task and of the backend forward. */
  passTime(ms: number): void {
    this.movedMs += ms;
  }

  /** Makes a request to the API as an administrator does. */
  async call(path: string, body?: unknown): Promise<void> {
    const { status, text } = await callBackend(this.backend, 'POST', path, body);
    if (status > 299) throw new Error(`POST ${path} was answered with ${status}: ${text}`);
  }

  isLocked(userId: string): boolean {
    return this.backend.user(userId)?.locked === true;
  }

  /** Runs the task, armed, through one invocation. */
  async run(params: object, protectedIds: readonly string[] = []): Promise<Report> {
    const { backend, clock, log } = this;
    const access = { backendUrl: backend.url, token: new Secret(backend.token), authScheme: 'Bearer' as const };
    const db = await connectDatabase({ url: backend.url, token: backend.token });
    const settings: Settings = {
      ...access,
      backendId: backend.backendId,
      armed: true,
      protectedIds,
      userModel: 'user',
      pace: { rate: 1000, burst: 100_000 },
      budgetMs: 270_000
    };
    const ports: Ports = {
      backend: new HttpBackendApi(access, clock),
      userSource: new DbUserSource(db, 'user', clock),
      records: DbRecordStore.find(db, clock),
      clock,
      log,
      queue: undefined,
      random: () => 0.5,
      newRunId: () => `run-${++this.runs}`
    };
    return runInvocation(createContext(settings, parseParameters(params), ports));
  }
}
