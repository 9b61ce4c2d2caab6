import type { Report } from '../../cloudcode/lock_users';
import type { RunningBackend } from '../local/backend/start-backend';
import { findBuiltTask } from '../local/runtime/find-built-tasks';
import { Runtime } from '../local/runtime/Runtime';
import type { RuntimeOptions } from '../local/runtime/Runtime';
import { systemClock } from '../local/runtime/system-clock';

/** What the task runs on. */
export interface DeploymentOptions {
  /** The repository; the built task is in `dist/`. */
  readonly root: string;
  readonly backend: RunningBackend;
  /** Variables of the deployment, beside the address and the token. */
  readonly variables: Readonly<Record<string, string>>;
  /** Aborting it ends what runs. */
  readonly signal: AbortSignal;
  /** Runs one invocation; replaced in tests. Default: in a process of its own. */
  readonly run?: RuntimeOptions['run'];
}

/** The CloudCode of a backend in this process, with the task `lock_users` armed. */
export class EmbeddedDeployment {
  private readonly runtime: Runtime;

  constructor(private readonly options: DeploymentOptions) {
    const { root, backend, variables, signal, run } = options;
    this.runtime = new Runtime({
      findTaskFolder: (task) => findBuiltTask(root, task),
      readEnvironment: () => ({
        JOURNEY_BACKEND_URL: backend.url,
        JOURNEY_API_TOKEN: backend.token,
        LOCK_USERS_ARMED: 'true',
        ...variables
      }),
      backend,
      signal,
      clock: systemClock,
      singleInstance: [],
      ...(run !== undefined && { run })
    });
  }

  /**
   * Triggers the task, and waits for the run's end, also where it needs more than one invocation.
   *
   * @returns the report of its last invocation
   * @throws Error where the task throws or is killed
   */
  async trigger(params: object, onLog: (line: string) => void = () => undefined): Promise<Report> {
    const { signal } = this.options;
    const finished = await this.runtime.trigger({ task: 'lock_users', params }, { onLog, signal }).done;
    const result = finished.at(-1)?.result;
    if (result?.status === 'returned') return result.result as Report;
    throw new Error(
      result?.status === 'threw'
        ? `The task ended with an error: ${result.error.message}`
        : `The task was killed: ${result?.reason ?? 'for an unknown reason'}.`
    );
  }
}
