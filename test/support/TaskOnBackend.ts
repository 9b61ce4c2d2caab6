import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import type { Switches } from '../../tasks/local/backend/control/Switches';
import type { TaskRunResult } from '../../tasks/local/runtime/TaskRun';
import { runTaskHere } from './run-task-here';

const TASK = join(__dirname, '..', '..', 'dist', 'lock_users');

/** A backend, and the built task on it, triggered as OXIDE's test action does. */
export class TaskOnBackend {
  readonly log: string[] = [];

  private constructor(readonly backend: RunningBackend) {}

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
  trigger(params?: unknown, variables: Record<string, string> = {}): Promise<TaskRunResult> {
    const { backend, log } = this;
    const environment = {
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      ...variables
    };
    return runTaskHere({ taskFolder: TASK, params, environment, backend, onLog: (line) => log.push(line) });
  }

  /** Runs the task and returns its report. */
  async lock(params?: unknown, variables?: Record<string, string>): Promise<Report> {
    const result = await this.trigger(params, variables);
    if (result.status !== 'returned') throw new Error(JSON.stringify(result));
    return result.result as Report;
  }
}
