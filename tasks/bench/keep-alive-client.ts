import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import fetch from 'node-fetch';
import type { Response } from 'node-fetch';

/** Users in a page and in a batch, as in a run of the task. */
const PAGE_SIZE = 1000;

/** Pages and batches in flight, as in a run of the task by default. */
const CONCURRENCY = 16;

interface Page {
  readonly objects: readonly { readonly id: string }[];
}

/** The part of the platform's `DB` that is used here. */
interface UserQuery {
  orderBy(field: string): UserQuery;
  limit(count: number): UserQuery;
  skip(count: number): UserQuery;
  toArray(): Promise<Page['objects']>;
}
declare const DB: { readonly user: { all(): UserQuery } };

/** What the client is to do. */
export interface KeepAliveParameters {
  readonly users: number;
  /** Whether the list of the app database is read by the platform's `DB`, which makes an object of each user, or as JSON. */
  readonly usesDb: boolean;
}

interface Operation {
  readonly method: 'put' | 'patch';
  readonly object: Readonly<Record<string, unknown>>;
}

/**
 * What is left of a run of lock_users when it decides nothing: the same reads and posts over connections that are kept alive, with
 * the same record of the run. It parses the JSON of each answer, and does nothing else. It is run as a task is.
 *
 * @throws Error where an answer is not 200
 */
export async function run(
  this: { readonly backend: { readonly url: string; readonly token: string } },
  { users, usesDb }: KeepAliveParameters
): Promise<void> {
  const { url, token } = this.backend;
  const agent = new Agent({ keepAlive: true });

  async function ask(scheme: 'Bearer' | 'Token', path: string, body?: object): Promise<unknown> {
    const send = (): Promise<Response> =>
      fetch(`${url}/${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { Authorization: `${scheme} ${token}`, 'Content-Type': 'application/json' },
        agent,
        ...(body !== undefined && { body: JSON.stringify(body) })
      });
    // The server may close connections that were idle just when they are used again. Every request here may be repeated.
    const response = await send().catch(send).catch(send);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} was answered with ${response.status}.`);
    return JSON.parse(text) as unknown;
  }

  const unsaved: Operation[] = [];
  let saving = Promise.resolve<unknown>(undefined);
  let nextSave: Promise<unknown> | undefined;
  /** What is to be saved while a save is in progress goes with the next one. */
  function save(operation: Operation): Promise<unknown> {
    unsaved.push(operation);
    nextSave ??= saving.then(() => {
      nextSave = undefined;
      saving = ask('Token', 'batch.json', { operations: unsaved.splice(0) });
      return saving;
    });
    return nextSave;
  }

  const readUsers = (skip: number): Promise<unknown> => ask('Bearer', `users?limit=${PAGE_SIZE}&skip=${skip}`);
  const lock_run_id = randomUUID();
  const now = (): string => new Date().toISOString();

  async function readDatabase(skip: number): Promise<Page['objects']> {
    if (usesDb) return DB.user.all().orderBy('id').limit(PAGE_SIZE).skip(skip).toArray();
    const page = await ask('Token', `objects/user.json?limit=${PAGE_SIZE}&skip=${skip}&sort[id]=1`);
    return (page as Page).objects;
  }

  async function lockPage(skip: number): Promise<void> {
    const [objects] = await Promise.all([readDatabase(skip), readUsers(skip)]);
    const userIds = objects.map(({ id }) => id);
    const batch = { type: 'lock_run_batch', id: randomUUID() };
    const intent = { lock_run_id, run_id: lock_run_id, action: 'lock', number: skip / PAGE_SIZE + 1, state: 'sent' };
    await save({ method: 'put', object: { ...batch, ...intent, sent_at: now(), user_ids: JSON.stringify(userIds) } });
    await ask('Bearer', 'batch.json', {
      operations: userIds.map((id) => ({ method: 'users/lock', user_id: id, wipe: false }))
    });
    const outcome = { state: 'answered', answered_at: now(), done: userIds.length, not_done: '[]' };
    // With the next save, as in a run of the task.
    unsaved.push({ method: 'patch', object: { ...batch, ...outcome } });
  }

  async function forEachPage(handle: (skip: number) => Promise<unknown>): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < users) {
        const skip = next;
        next += PAGE_SIZE;
        await handle(skip);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  const lockRun = { type: 'lock_run', id: lock_run_id };
  await ask('Bearer', 'info.json');
  await save({ method: 'put', object: { ...lockRun, run_id: lock_run_id, action: 'lock', status: 'running' } });
  await forEachPage(lockPage);
  await forEachPage(readUsers);
  await save({ method: 'patch', object: { ...lockRun, status: 'done', locked: users } });
  agent.destroy();
}
