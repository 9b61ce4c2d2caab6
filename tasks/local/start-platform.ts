import { randomBytes } from 'node:crypto';
import type { LocalDeployment, Schedule } from '../shared/settings/Settings';
import { startBackend } from './backend/start-backend';
import type { BackendOptions, RunningBackend } from './backend/start-backend';
import type { RunningPlatformNote } from './running-platform-file';
import { findBuiltTask, listBuiltTasks } from './runtime/find-built-tasks';
import { describeOrder, describeRequest } from './runtime/Order';
import { Runtime } from './runtime/Runtime';
import type { RuntimeOptions } from './runtime/Runtime';
import type { ScheduleRequest } from './runtime/TaskRun';
import { Schedules } from './runtime/Schedules';
import { startRuntimeServer } from './runtime/start-runtime-server';
import { systemClock } from './runtime/system-clock';

/** What a platform is made of. */
export interface PlatformOptions {
  /** The repository; its built tasks are in `dist/`. */
  readonly root: string;
  readonly backend: BackendOptions;
  readonly deployment: Pick<LocalDeployment, 'variables' | 'schedules' | 'singleInstance'>;
  /** The deployment's variables as they are now. Default: those of `deployment`. */
  readonly readVariables?: () => Readonly<Record<string, string>>;
  /** Lines of tasks that no command watches. */
  readonly onLog: (line: string) => void;
  readonly runtime?: Partial<RuntimeOptions>;
}

/** A platform that is running. */
export interface RunningPlatform {
  readonly backend: RunningBackend;
  readonly runtime: Runtime;
  /** Where everything is; web tasks are at `<runtimeOrigin>/<task>`. */
  readonly note: RunningPlatformNote;
  close(): Promise<void>;
}

/**
 * The platform on this machine: a backend, and the CloudCode of its deployment.
 *
 * @throws Error where the data model or the data file cannot be used, or the port is taken
 */
export async function startPlatform({
  root,
  backend: backendOptions,
  deployment,
  readVariables = () => deployment.variables ?? {},
  onLog,
  runtime: runtimeOptions
}: PlatformOptions): Promise<RunningPlatform> {
  const abort = new AbortController();
  const { schedules = [] } = deployment;
  let isResumed = false;
  const backend = await startBackend({
    ...backendOptions,
    listOrders: () => (isResumed ? runtime.orders : undefined),
    onWebhook: ({ task, payload }) => schedule('A webhook', { task, params: payload })
  });
  const webSecret = randomBytes(24).toString('hex');
  const runtime = new Runtime({
    findTaskFolder: (task) => findBuiltTask(root, task),
    readEnvironment: () => ({
      LOCK_USERS_WEB_SECRET: webSecret,
      ...readVariables(),
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token
    }),
    backend,
    clock: systemClock,
    singleInstance: deployment.singleInstance ?? [],
    signal: abort.signal,
    onLeft: onLog,
    onOrders: () => void (isResumed && backend.saveOrders()),
    ...runtimeOptions
  });
  for (const order of backend.savedOrders) resume(order);
  isResumed = true;
  /** Takes over what an earlier platform has left behind. */
  function resume(order: ScheduleRequest): void {
    try {
      onLog(`Ordered before this platform was started: ${describeOrder(describeRequest(order))}.`);
      runtime.resume(order);
    } catch (error) {
      onLog(error instanceof Error ? error.message : String(error));
    }
  }
  /** Schedules a task that no command waits for, and logs what happens. */
  function schedule(what: string, request: ScheduleRequest): void {
    try {
      onLog(`${what} triggers ${request.task}.`);
      const { done } = runtime.enqueue(request, { onLog, signal: new AbortController().signal });
      // Nobody is shown the result.
      void done.then((finished) => {
        const result = finished.at(-1)?.result;
        if (result?.status === 'threw')
          onLog(`The run of ${request.task} ended with an error: ${result.error.message}`);
      });
    } catch (error) {
      onLog(error instanceof Error ? error.message : String(error));
    }
  }
  const onDue = ({ task, params }: Schedule): void => schedule('A schedule', { task, ...(params && { params }) });
  void new Schedules({ schedules, onDue, clock: systemClock, signal: abort.signal }).start();
  const controlToken = randomBytes(24).toString('hex');
  const server = await startRuntimeServer({
    runtime,
    controlToken,
    onLog,
    hasTask: (name) => listBuiltTasks(root).includes(name),
    sources: {
      scheduledParams: (task) => schedules.find((known) => known.task === task)?.params,
      deliveriesFor: (model, id) => backend.deliveriesFor(model, id)
    }
  });
  const { url, token } = backend;
  return {
    backend,
    runtime,
    note: { url, token, pid: process.pid, runtimeOrigin: server.origin, controlToken, webSecret },
    async close() {
      abort.abort();
      await server.close();
      await backend.close();
    }
  };
}
