import { buildTasks } from '../build/build-tasks';
import type { BuiltTask } from '../build/build-tasks';
import { findRunningBackend } from '../local/running-backend-file';
import { runTask } from '../local/runtime/run-task';
import type { ScheduleRequest, TaskRunResult } from '../local/runtime/run-task';
import { systemClock } from '../local/runtime/system-clock';
import { TaskQueue } from '../local/runtime/TaskQueue';
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
 * OXIDE's "Test CloudCode Task" on a deployment of `.journeyrc`: builds the tasks, and runs this one with the
 * deployment's variables and nothing else of this machine's environment. What it schedules, and what that schedules,
 * is run beside it or after it, as the platform would.
 *
 * @returns the result of the invocation that ended last; an earlier one that failed is told in the log
 * @throws Error where the settings, the build or the deployment are not in order; the task has not run then
 */
export async function runTestTrigger(trigger: TestTrigger): Promise<TaskRunResult> {
  const { root, environment, onLog, signal } = trigger;
  const deployment = chooseDeployment(loadSettings(root), trigger.deployment);
  const backend = locate(root, deployment, environment);
  const built = buildTasks({ root });

  let last: { readonly task: string; readonly result: TaskRunResult } | undefined;
  const invoke = async ({ task, params }: Pick<ScheduleRequest, 'task' | 'params'>): Promise<TaskRunResult> => {
    const result = await runTask({
      taskFolder: findTask(built, task).outFolder,
      ...(params !== undefined && { params }),
      environment: { ...deployment.variables, JOURNEY_BACKEND_URL: backend.url, JOURNEY_API_TOKEN: backend.token },
      backend,
      onLog,
      onSchedule,
      signal
    });
    if (last !== undefined) tellFailure(last.task, last.result, onLog);
    last = { task, result };
    return result;
  };
  const queue = new TaskQueue({ run: invoke, clock: systemClock, signal });
  let scheduledTasks = 0;
  const onSchedule = (request: ScheduleRequest): void => {
    findTask(built, request.task);
    scheduledTasks += 1;
    onLog(describeSchedule(request));
    queue.schedule(request);
  };

  // Not through the queue: it overlaps with all that it schedules, and where it crashes, the user sees that at once.
  const first = await invoke(trigger);
  const finished = await queue.idle();
  // An abort dropped tasks that waited, so what ended last is not the end of the work.
  if (finished.length < scheduledTasks) return { status: 'killed', reason: 'aborted', durationMs: 0 };
  return last?.result ?? first;
}

function findTask(built: readonly BuiltTask[], name: string): BuiltTask {
  const task = built.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  throw new Error(`There is no enabled task "${name}". There is ${built.map((known) => known.name).join(', ')}.`);
}

function describeSchedule({ task, queue, atMs = 0 }: ScheduleRequest): string {
  const seconds = Math.ceil((atMs - systemClock.nowMs()) / 1000);
  const onQueue = queue === undefined ? '' : ` on queue ${JSON.stringify(queue)}`;
  return `Scheduled: ${task}${onQueue}${seconds > 0 ? `, in ${seconds} s` : ''}`;
}

/** Only the last result reaches the caller, and an earlier failure must not pass unseen. */
function tellFailure(task: string, result: TaskRunResult, onLog: TestTrigger['onLog']): void {
  if (result.status === 'threw') onLog(`An earlier run of ${task} ended with an error: ${result.error.message}`);
  if (result.status === 'killed') onLog(`An earlier run of ${task} was killed: ${result.reason}.`);
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
