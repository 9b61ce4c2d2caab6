import { randomUUID } from 'crypto';
import { chooseParameters } from './input/default-parameters';
import { redactSecrets } from './input/redact-secrets';
import { parseSettings, readWebSecret } from './input/settings';
import type { Environment } from './input/read-variable';
import { carriesSecret } from './platform/check-web-secret';
import { CloudCodeQueue } from './platform/CloudCodeQueue';
import { consoleLog } from './platform/console-log';
import { DbRecordStore } from './platform/DbRecordStore';
import { DbUserSource } from './platform/DbUserSource';
import { formatTime } from './platform/format-time';
import { hashToUuid } from './records/hash-to-uuid';
import { HttpBackendApi } from './platform/HttpBackendApi';
import { systemClock } from './platform/system-clock';
import type { Log, Ports } from './ports';
import type { Report } from './report/Report';
import { createContext } from './run/RunContext';
import { runInvocation } from './run/run-invocation';
import { handleWebhook } from './triggers/handle-webhook';
import { handleWebRequest } from './triggers/handle-web-request';
import { readTrigger } from './triggers/read-trigger';

/** What the platform offers a task, and what the task is called. */
export interface TaskOptions {
  /** The platform's global `DB`, or undefined where the runtime has none. */
  readonly db: unknown;
  /** The platform's global `CloudCode`, or undefined where the runtime has none. */
  readonly cloudCode: unknown;
  /** The environment variables of the deployment: `process.env`. */
  readonly environment: Environment;
  /** What the platform calls the task's functions on: `this` in `run`. Its `backend` has an address and a token, if it is there. */
  readonly runtime?: unknown;
  /** The name of the task, by which it schedules itself. Default: `lock_users`. */
  readonly taskName?: string;
  /** Where the lines of the log go. Default: the console, which the platform shows. */
  readonly log?: Log;
}

/** The part of the platform's web request that is used, as documented ("Trigger CC via HTTP", docs.journeyapps.com). */
export interface PlatformRequest {
  readonly url: string;
  readonly body?: string;
  header(name: string): string | undefined;
}

/** What `authenticate` answers with, as documented on the same page. */
export interface PlatformAccess {
  authorized(): unknown;
  unauthorized(answer: { readonly status: number; readonly body: string }): unknown;
}

/** The part of the platform's web response that is used; seen in a sample of the vendor, not documented. */
export interface PlatformResponse {
  status(code: number): unknown;
}

/** The functions that a CloudCode task exports. */
export interface Task {
  /**
   * Locks the selected users of the app and keeps the data on their devices, or unlocks them, or signs them out. Called by
   * the platform for the OXIDE test action, webhooks, schedules, and other tasks.
   *
   * @param params see the README; `undefined`, `null` and `{}` mean `LOCK_USERS_DEFAULTS` or, without it, everybody. Or the payload of the webhook of `lock_run`
   * @returns the report, also when the run failed
   * @throws LockUsersError `INVALID_PARAMETERS` or `INVALID_SETTINGS`, before any user is changed
   */
  run(params?: unknown): Promise<Report>;
  /**
   * Lets a web request in if it carries `LOCK_USERS_WEB_SECRET` as `Bearer`, and nobody where that variable is not set or has
   * fewer than 32 characters. The refusal does not say which.
   */
  authenticate(call: { readonly request: PlatformRequest; readonly access: PlatformAccess }): unknown;
  /** Schedules a run with the parameters in the body, and responds at once: 202 with its id, 200 where it was requested before, or why not. */
  post(call: { readonly request: PlatformRequest; readonly response: PlatformResponse }): Promise<unknown>;
}

/** The task, for one call of the platform: it keeps nothing between two calls. */
export function createTask({
  db,
  cloudCode,
  environment,
  runtime,
  taskName = 'lock_users',
  log = consoleLog
}: TaskOptions): Task {
  const redact = redactSecrets(environment, runtime);
  const queue = CloudCodeQueue.find(cloudCode, taskName, redact);
  return {
    async run(params) {
      const trigger = readTrigger(params);
      const settings = parseSettings(environment, runtime);
      const ports: Ports = {
        backend: new HttpBackendApi(settings, systemClock),
        userSource: new DbUserSource(db, settings.userModel, systemClock, redact),
        records: DbRecordStore.find(db, systemClock, redact),
        queue,
        random: Math.random,
        clock: systemClock,
        log,
        newRunId: randomUUID
      };
      return trigger.kind === 'webhook'
        ? handleWebhook(settings, trigger.objectId, ports)
        : runInvocation(createContext(settings, chooseParameters(trigger.parameters, settings.defaults), ports));
    },

    authenticate({ request, access }) {
      if (carriesSecret(request.header('Authorization'), readWebSecret(environment))) return access.authorized();
      return access.unauthorized({ status: 401, body: 'Unauthorized' });
    },

    async post({ request, response }) {
      const { status, body } = await handleWebRequest(
        { url: request.url, body: request.body, idempotencyKey: request.header('Idempotency-Key') },
        {
          readSettings: () => parseSettings(environment, runtime),
          queue,
          records: DbRecordStore.find(db, systemClock, redact),
          clock: systemClock,
          log,
          newRunId: randomUUID,
          hashToUuid,
          formatTime
        }
      );
      response.status(status);
      return body;
    }
  };
}
