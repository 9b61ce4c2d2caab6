import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import { callBackend } from './call-backend';
import { OperatorBench } from './OperatorBench';

/** What doctor has found, as JSON shows it. */
export interface ShownFinding {
  readonly check: string;
  readonly state: string;
  readonly what: string;
  readonly mend?: string;
}

/** An operator, and a backend of the test's own for the deployment. */
export class LocalOperator extends OperatorBench {
  private constructor(override readonly backend: RunningBackend) {
    super(backend);
  }

  /** @param options with `schema`, the text of a data model. Default: that of the repository's app */
  static async start(options: BackendOptions & { readonly schema?: string } = {}): Promise<LocalOperator> {
    const { schema, ...others } = options;
    const backendOptions = { label: 'Depot', environment: 'testing', ...others };
    if (schema === undefined) return new LocalOperator(await startBackend(backendOptions));
    const folder = mkdtempSync(join(tmpdir(), 'schema-'));
    try {
      const schemaPath = join(folder, 'schema.xml');
      writeFileSync(schemaPath, schema);
      return new LocalOperator(await startBackend({ ...backendOptions, schemaPath }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** A backend with users of whom nobody is protected, as `--direct` needs it said. */
  static async startDirect(users: number): Promise<{ operator: LocalOperator; userIds: readonly string[] }> {
    const operator = await LocalOperator.start();
    const { userIds } = operator.backend.seed({ users });
    operator.configure({ variables: { LOCK_USERS_PROTECTED: 'none' } });
    return { operator, userIds };
  }

  /** Ids of the users that are locked. */
  get lockedIds(): string[] {
    return this.backend.users().flatMap(({ id, locked }) => (locked ? [id] : []));
  }

  /** The path of a file in the operator's folder. @param text written into it, if given */
  file(name: string, text?: string): string {
    const path = join(this.root, name);
    if (text !== undefined) writeFileSync(path, text);
    return path;
  }

  /** Changes a user's object in the app database. */
  async changeUser(id: string | undefined, values: object): Promise<void> {
    await callBackend(this.backend, 'PATCH', `objects/user/${id}.json`, { user: values });
  }

  /** Creates an object of `lock_run`. @returns its id */
  async createRun(values: object): Promise<string> {
    const { json } = await callBackend(this.backend, 'POST', 'objects/lock_run.json', { lock_run: values });
    return String(json['id']);
  }

  /** Changes an object of `lock_run`. */
  async changeRun(id: string, values: object): Promise<void> {
    await callBackend(this.backend, 'PATCH', `objects/lock_run/${id}.json`, { lock_run: values });
  }

  /** Object ids of the runs that are asked to stop. */
  async listAskedToStop(): Promise<readonly unknown[]> {
    const { json } = await callBackend(this.backend, 'GET', 'objects/lock_run.json');
    const runs = json['objects'] as readonly Readonly<Record<string, unknown>>[];
    return runs.filter(({ stop_requested: stop }) => Boolean(stop)).map(({ id }) => id);
  }

  /** Calls doctor, and finds what it says of a check. */
  async examine(...args: string[]): Promise<{ code: number; of: (check: string) => ShownFinding[] }> {
    const { code, json } = await this.call('doctor', ...args);
    const findings = json['findings'] as ShownFinding[];
    return { code, of: (check) => findings.filter((finding) => finding.check === check) };
  }

  /** Closes the backend and deletes the folder. */
  async close(): Promise<void> {
    await this.backend.close();
    this.remove();
  }
}
