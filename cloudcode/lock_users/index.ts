import { randomUUID } from 'crypto';
import { handleWebRequest } from './src/triggers/handle-web-request';
import { carriesSecret } from './src/platform/check-web-secret';
import { CloudCodeQueue } from './src/platform/CloudCodeQueue';
import { consoleLog } from './src/platform/console-log';
import { DbRecordStore } from './src/platform/DbRecordStore';
import { DbUserSource } from './src/platform/DbUserSource';
import { hashToUuid } from './src/platform/hash-to-uuid';
import { HttpBackendApi } from './src/platform/HttpBackendApi';
import { readEnvironment, readWebSecret } from './src/platform/read-environment';
import { systemClock } from './src/platform/system-clock';
import type { Report } from './src/report/build-report';
import { readTrigger } from './src/triggers/read-trigger';
import { handleWebhook } from './src/triggers/handle-webhook';
import type { Ports } from './src/ports';
import { runInvocation } from './src/run/run-invocation';

export type { Report } from './src/report/build-report';

/** The platform's database global; read with `typeof`, because a runtime without it must get a clear error. */
declare const DB: unknown;

/** The platform's global for ordering tasks. */
declare const CloudCode: unknown;

/** The part of the platform's web request that is used, as documented ("Trigger CC via HTTP", docs.journeyapps.com). */
interface PlatformRequest {
  readonly url: string;
  readonly body?: string;
  header(name: string): string | undefined;
}

/** What `authenticate` answers with, as documented on the same page. */
interface PlatformAccess {
  authorized(): unknown;
  unauthorized(answer: { readonly status: number; readonly body: string }): unknown;
}

/** The part of the platform's web response that is used; seen in a sample of the vendor, not documented. */
interface PlatformResponse {
  status(code: number): unknown;
}

/**
 * Locks the selected users of the app and keeps the data on their devices, or unlocks them, or signs them out. Called by the
 * platform for the OXIDE test action, webhooks, schedules, and other tasks.
 *
 * @param params see the README; `undefined`, `null` and `{}` select everybody. Or the payload of the webhook of `lock_run`
 * @returns the report, also when the run failed
 * @throws LockUsersError `INVALID_PARAMETERS` or `INVALID_SETTINGS`, before any user is changed
 */
export async function run(this: unknown, params?: unknown): Promise<Report> {
  const trigger = readTrigger(params);
  const settings = readEnvironment(this);
  const db: unknown = typeof DB === 'undefined' ? undefined : DB;
  const ports: Ports = {
    backend: new HttpBackendApi(settings, systemClock),
    userSource: new DbUserSource(db, settings.userModel, systemClock),
    records: DbRecordStore.find(db, systemClock),
    queue: findQueue(),
    random: Math.random,
    clock: systemClock,
    log: consoleLog,
    newRunId: randomUUID
  };
  return trigger.kind === 'webhook'
    ? handleWebhook(settings, trigger.objectId, ports)
    : runInvocation(settings, trigger.parameters, ports);
}

/**
 * Lets a web request in if it carries `LOCK_USERS_WEB_SECRET` as `Bearer`, and nobody where that variable is not set or has
 * fewer than 32 characters. The refusal does not say which.
 */
export function authenticate({ request, access }: { request: PlatformRequest; access: PlatformAccess }): unknown {
  if (carriesSecret(request.header('Authorization'), readWebSecret())) return access.authorized();
  return access.unauthorized({ status: 401, body: 'Unauthorized' });
}

/** Orders a run with the parameters in the body, and answers at once: 202 with its id, or why not. */
export async function post(
  this: unknown,
  { request, response }: { request: PlatformRequest; response: PlatformResponse }
): Promise<unknown> {
  const { status, body } = await handleWebRequest(
    { url: request.url, body: request.body, idempotencyKey: request.header('Idempotency-Key') },
    {
      readSettings: () => readEnvironment(this),
      ...{ queue: findQueue(), clock: systemClock, log: consoleLog, newRunId: randomUUID, hashToUuid }
    }
  );
  response.status(status);
  return body;
}

function findQueue(): CloudCodeQueue | undefined {
  return CloudCodeQueue.find(typeof CloudCode === 'undefined' ? undefined : CloudCode);
}
