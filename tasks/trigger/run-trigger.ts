import { buildTasks } from '../build/build-tasks';
import { findRunningPlatform } from '../local/running-platform-file';
import type { ActivityState, Observer } from '../local/runtime/Activity';
import { findBuiltTask } from '../local/runtime/find-built-tasks';
import { Runtime } from '../local/runtime/Runtime';
import { startTrigger } from '../local/runtime/start-trigger';
import type { TriggerRequest } from '../local/runtime/start-trigger';
import { systemClock } from '../local/runtime/system-clock';
import { chooseDeployment, loadSettings } from '../shared/settings/load-settings';
import { isRemote } from '../shared/settings/Settings';
import type { RemoteDeployment } from '../shared/settings/Settings';
import { describeVariables } from './describe-variables';
import { refuseOtherDeployment } from './refuse-other-deployment';
import { sendTrigger } from './send-trigger';
import type { TriggerOutcome } from './TriggerOutcome';

/** What to trigger, and where. */
export interface Trigger {
  readonly root: string;
  /** Makes the request; the local platform's secret for web requests is known only when it is found. */
  readonly request: (webSecret: string | undefined) => TriggerRequest;
  /** Name of the deployment in `.journeyrc`. Default: its default. */
  readonly deployment?: string;
  /** The environment of this machine, where tokens of remote deployments are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLog: (line: string) => void;
  /** Gets what a person should know before the task runs. */
  readonly onNotice: (line: string) => void;
  /** Told how far it is, and whether a platform goes on with what waits for its time when the command ends. */
  readonly onState?: (state: ActivityState, keepsOrders: boolean) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds the tasks, and triggers one on a deployment of `.journeyrc`: a local one has its CloudCode in `npm run local`; for
 * one of the platform this process is its CloudCode, with the deployment's variables and nothing else of this machine's
 * environment, and it has to be told what to do. Resolves when everything has ended that was started, and everything that this has scheduled.
 *
 * @throws Error where the settings, the build, the deployment or the request are wrong, before any task runs; or where the local
 * platform goes away
 */
export async function runTrigger(trigger: Trigger): Promise<TriggerOutcome> {
  const { root, environment, onLog, onNotice, onState, signal } = trigger;
  const observe = (keepsOrders: boolean): Observer => ({
    onLog,
    onState: (state) => onState?.(state, keepsOrders),
    signal
  });
  const settings = loadSettings(root);
  const deployment = chooseDeployment(settings, trigger.deployment);
  if (!isRemote(deployment)) {
    const platform = findRunningPlatform(root);
    buildTasks({ root });
    return sendTrigger(platform, trigger.request(platform.webSecret), observe(true));
  }
  const request = trigger.request(undefined);
  if (request.kind === 'web' || request.kind === 'webhook' || request.kind === 'schedule') {
    throw new Error(`"${request.kind}" needs the platform of "npm run local". Choose a local deployment.`);
  }
  const backend = { url: deployment.backendUrl, token: findToken(deployment, environment) };
  const name = trigger.deployment ?? settings.default;
  if (request.params === undefined) {
    throw new Error(
      `Say with --params what the task is to do on "${name}", such as --params '{"action": "status"}': without any, lock_users locks everybody. Nothing was started.`
    );
  }
  await refuseOtherDeployment(name, deployment, backend.token);
  for (const line of describeVariables(name, deployment, environment)) onNotice(line);
  buildTasks({ root });
  const runtime = new Runtime({
    findTaskFolder: (task) => findBuiltTask(root, task),
    readEnvironment: () => ({
      ...deployment.variables,
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token
    }),
    backend,
    clock: systemClock,
    singleInstance: [],
    signal
  });
  const nothing = { scheduledParams: () => undefined, deliveriesFor: () => [] };
  return { finished: await startTrigger(runtime, request, nothing, observe(false)).done };
}

function findToken({ tokenVariable }: RemoteDeployment, environment: Trigger['environment']): string {
  const token = environment[tokenVariable];
  if (token !== undefined && token !== '') return token;
  throw new Error(`The variable ${tokenVariable} is not set. It has to hold the deployment's token.`);
}
