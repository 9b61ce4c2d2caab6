import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { startPlatform } from '../../tasks/local/start-platform';
import type { PlatformOptions, RunningPlatform } from '../../tasks/local/start-platform';
import type { TriggerRequest } from '../../tasks/local/runtime/start-trigger';
import { sendTrigger } from '../../tasks/trigger/send-trigger';
import type { TriggerOutcome } from '../../tasks/trigger/TriggerOutcome';
import { WITHOUT_RECORDS } from './app-schema';
import { callBackend } from './call-backend';
import { closeWithoutSecret } from './expect-no-secret';
import { runTaskHere } from './run-task-here';

/** What a record of a run shows, with the keys of choices. */
export type ShownRun = Readonly<Record<string, unknown>>;

/**
 * The platform of `npm run local` with the built task, armed and with its webhook on unless `variables` say otherwise. Invocations
 * run in this process unless `runtime` says otherwise.
 */
export class LocalPlatform {
  readonly log: string[] = [];
  private readonly outcomes: TriggerOutcome[] = [];
  private running: RunningPlatform | undefined;

  static async start(
    variables: Record<string, string> = {},
    options: Partial<PlatformOptions['deployment']> & {
      readonly schemaPath?: string;
      readonly runtime?: PlatformOptions['runtime'];
    } = {}
  ): Promise<LocalPlatform> {
    const platform = new LocalPlatform();
    const { schemaPath, runtime, ...deployment } = options;
    const running = await startPlatform({
      root: join(__dirname, '..', '..'),
      backend: { ...(schemaPath !== undefined && { schemaPath }) },
      deployment: { ...deployment, variables: { LOCK_USERS_ARMED: 'true', LOCK_USERS_WEBHOOK: 'true', ...variables } },
      onLog: (line) => platform.log.push(line),
      runtime: { run: runTaskHere, ...runtime }
    });
    const { token, webSecret, controlToken } = running.note;
    const secrets = [token, webSecret, controlToken];
    const told = [platform.log, platform.outcomes];
    platform.running = { ...running, close: () => closeWithoutSecret(running, secrets, told) };
    return platform;
  }

  get platform(): RunningPlatform {
    if (this.running === undefined) throw new Error('The platform is not running.');
    return this.running;
  }

  /** A platform whose app has no models for records. */
  static async startWithoutRecords(): Promise<LocalPlatform> {
    const folder = mkdtempSync(join(tmpdir(), 'schema-'));
    const schemaPath = join(folder, 'schema.xml');
    writeFileSync(schemaPath, WITHOUT_RECORDS);
    try {
      return await LocalPlatform.start({}, { schemaPath });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Triggers as the command does. */
  async trigger(request: TriggerRequest): Promise<TriggerOutcome> {
    const onLog = (line: string): number => this.log.push(line);
    const outcome = await sendTrigger(this.platform.note, request, { onLog, signal: new AbortController().signal });
    this.outcomes.push(outcome);
    return outcome;
  }

  /** Triggers, and returns the report of the invocation that ended last. */
  async report(request: TriggerRequest): Promise<Report> {
    const last = (await this.trigger(request)).finished.at(-1)?.result;
    if (last?.status !== 'returned') throw new Error(JSON.stringify(last));
    return last.result as Report;
  }

  /** Makes a web request to the task with its secret, unless the headers say otherwise. */
  web(body: string, headers: Record<string, string> = {}, path = '/lock_users', method = 'POST'): Promise<Response> {
    const { runtimeOrigin, webSecret } = this.platform.note;
    return fetch(`${runtimeOrigin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${webSecret}`, 'Content-Type': 'application/json', ...headers },
      ...(method !== 'GET' && method !== 'HEAD' && { body })
    });
  }

  /** The records of runs, in the order in which they were begun. The API does not show a field that has no value. */
  async runs(): Promise<ShownRun[]> {
    const { json } = await callBackend(this.platform.backend, 'GET', 'objects/lock_run.json');
    return (json['objects'] as ShownRun[]).map((run) => ({
      ...run,
      lease_holder: run['lease_holder'] ?? null,
      status: (run['status'] as { key: string } | null)?.key
    }));
  }

  /** Creates an object of `lock_run` as an app does, and waits until all is done that this starts. */
  async request(values: object): Promise<string> {
    const body = { lock_run: { status: 'requested', ...values } };
    const { json } = await callBackend(this.platform.backend, 'POST', 'objects/lock_run.json', body);
    await this.platform.runtime.idle();
    return String(json['id']);
  }
}
