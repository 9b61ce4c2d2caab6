import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import type { TaskRunResult } from '../../tasks/local/runtime/TaskRun';
import { closeWithoutSecret } from './expect-no-secret';
import { runTaskHere } from './run-task-here';

const TASK = join(__dirname, '..', '..', 'dist', 'lock_users');

/** A backend, and the built task on it, triggered as OXIDE's test action does. */
export class TaskOnBackend {
  readonly log: string[] = [];
  private readonly results: TaskRunResult[] = [];
  readonly backend: RunningBackend;

  private constructor(backend: RunningBackend) {
    const told = [this.log, this.results];
    this.backend = { ...backend, close: () => closeWithoutSecret(backend, [backend.token], told) };
  }

  static async start(switches: Partial<Switches> = {}, schemaPath?: string): Promise<TaskOnBackend> {
    const options = {
      switches,
      label: 'Depot',
      environment: 'testing',
      ...(schemaPath !== undefined && { schemaPath })
    };
    return new TaskOnBackend(await startBackend(options));
  }

  /** Runs the task, armed unless `variables` say otherwise. */
  async trigger(params?: unknown, variables: Record<string, string> = {}): Promise<TaskRunResult> {
    const { backend, log } = this;
    const environment = {
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      ...variables
    };
    const onLog = (line: string): number => log.push(line);
    const result = await runTaskHere({ taskFolder: TASK, params, environment, backend, onLog });
    this.results.push(result);
    return result;
  }

  /** Runs the task and returns its report. */
  async lock(params?: unknown, variables?: Record<string, string>): Promise<Report> {
    const result = await this.trigger(params, variables);
    if (result.status !== 'returned') throw new Error(JSON.stringify(result));
    return result.result as Report;
  }
}
