import { join } from 'node:path';
import { buildTasks } from '../build/build-tasks';
import { findRunningBackend } from '../local/running-backend-file';
import { runTask } from '../local/runtime/run-task';
import type { TaskRunResult } from '../local/runtime/run-task';
import { chooseDeployment, loadSettings } from '../settings/load-settings';
import { isRemote } from '../settings/Settings';
import type { LocalDeployment, RemoteDeployment } from '../settings/Settings';

/** What to trigger, and where. */
export interface TestTrigger {
  readonly root: string;
  readonly task: string;
  readonly params?: unknown;
  /** Name of the deployment in `.journeyrc`. Default: its default. */
  readonly deployment?: string;
  /** The environment of this machine, where tokens of remote deployments are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLog: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * OXIDE's "Test CloudCode Task" on a deployment of `.journeyrc`: builds the task, and runs it with the deployment's
 * variables and nothing else of this machine's environment.
 *
 * @throws Error where the settings, the build or the deployment are not in order; the task has not run then
 */
export async function runTestTrigger(trigger: TestTrigger): Promise<TaskRunResult> {
  const { root, task, environment, onLog, signal } = trigger;
  const deployment = chooseDeployment(loadSettings(root), trigger.deployment);
  const backend = locate(root, deployment, environment);
  const [built] = buildTasks({ root, only: task });
  return runTask({
    taskFolder: built?.outFolder ?? join(root, 'dist', task),
    ...(trigger.params !== undefined && { params: trigger.params }),
    environment: { ...deployment.variables, JOURNEY_BACKEND_URL: backend.url, JOURNEY_API_TOKEN: backend.token },
    backend,
    onLog,
    signal
  });
}

function locate(
  root: string,
  deployment: LocalDeployment | RemoteDeployment,
  environment: TestTrigger['environment']
): { url: string; token: string } {
  if (!isRemote(deployment)) return findRunningBackend(root);
  const token = environment[deployment.tokenVariable];
  if (token === undefined || token === '') {
    throw new Error(`The variable ${deployment.tokenVariable}, which is to hold the deployment's token, is not set.`);
  }
  return { url: deployment.backendUrl, token };
}
