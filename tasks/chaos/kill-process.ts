import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../local/backend/start-backend';
import type { RunningBackend } from '../local/backend/start-backend';
import { runTask } from '../local/runtime/run-task';
import type { TaskRunResult } from '../local/runtime/run-task';
import { seededRandom } from './random';

const USERS = 500;
/** What a seed's task does: how many users are locked before, and how slow its requests are. */
const PLANS = {
  lock: {
    locked: 20,
    params: { batchSize: 40, concurrency: 3 },
    // Not what the record is saved with: a lease that is written after its process is dead would keep the next run out.
    fault: { kind: 'delay', ms: 60, route: 'POST batch.json', locks: true }
  },
  unlock: {
    locked: 150,
    params: { action: 'unlock', concurrency: 8 },
    fault: { kind: 'delay', ms: 20, route: 'POST users/:any/unlock' }
  }
} as const;
/** A process needs about this long to be through, starting included. */
const WHOLE_RUN_MS = 600;

/** What came of killing a process. */
export interface Killed {
  /** Whether the process was killed before it had ended by itself. */
  readonly wasKilled: boolean;
  /** Whether it had then changed some of those whom it was to change, and not all. */
  readonly wasHalfway: boolean;
  /** What should not have been; empty where all is well. */
  readonly problems: readonly string[];
}

/**
 * Kills (SIGKILL) a process that runs the built task, at a moment that the seed draws, and triggers the task again: with an
 * even seed it locks, with an odd one it unlocks. In the end everybody must be where it wants them, and no device wiped.
 */
export async function killProcess(taskFolder: string, seed: number): Promise<Killed> {
  const backend = await startBackend();
  const action = seed % 2 === 0 ? 'lock' : 'unlock';
  const { locked, params, fault } = PLANS[action];
  try {
    backend.seed({ users: USERS, twoDevices: 20, locked, seed });
    backend.setFaults({ faults: [fault] });
    const trigger = (signal?: AbortSignal): Promise<TaskRunResult> =>
      runTask({
        taskFolder,
        params,
        environment: { JOURNEY_BACKEND_URL: backend.url, JOURNEY_API_TOKEN: backend.token, LOCK_USERS_ARMED: 'true' },
        backend,
        ...(signal && { signal })
      });
    const killed = await trigger(AbortSignal.timeout(Math.ceil(seededRandom(seed)() * WHOLE_RUN_MS)));
    const lockedThen = backend.state().lockedUsers;
    const lockedAtEnd = action === 'lock' ? USERS : 0;
    const problems = await findFalseRecords(backend, action);
    await endLeases(backend);
    const again = await trigger();

    const report = again.status === 'returned' ? (again.result as Report) : undefined;
    if (report?.status !== 'done') problems.push(`The second run ended ${report?.status ?? again.status}.`);
    const { lockedUsers, resetSessions } = backend.state();
    if (lockedUsers !== lockedAtEnd) problems.push(`${lockedUsers} users are locked in the end, not ${lockedAtEnd}.`);
    if (resetSessions > 0) problems.push(`${resetSessions} devices were wiped.`);
    for (const { detail } of backend.violations()) problems.push(detail);
    const wasHalfway = lockedThen !== locked && lockedThen !== lockedAtEnd;
    return { wasKilled: killed.status === 'killed', wasHalfway, problems };
  } finally {
    await backend.close();
  }
}

/** Sets runs to "interrupted", as an administrator may in the data browser who will not wait for a lease to end. */
async function endLeases({ url, token }: RunningBackend): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const list = (await (await fetch(`${url}/objects/lock_run.json`, { headers })).json()) as {
    objects: { id: string }[];
  };
  for (const { id } of list.objects) {
    const body = JSON.stringify({ lock_run: { status: 'interrupted' } });
    await fetch(`${url}/objects/lock_run/${id}.json`, { method: 'PATCH', headers, body });
  }
}

/** Users of whom the record of the killed run says what is not so. */
async function findFalseRecords(backend: RunningBackend, action: 'lock' | 'unlock'): Promise<string[]> {
  const batches = await list<{ state: { key: string }; user_ids: string; not_done: string }>(backend, 'lock_run_batch');
  const wanted = action === 'lock';
  const away = new Set(backend.users().flatMap(({ id, locked }) => (locked === wanted ? [] : [id])));
  return batches.flatMap((batch) => {
    if (batch.state.key !== 'answered') return [];
    const others = JSON.parse(batch.not_done) as { userId: string }[];
    const recorded = (JSON.parse(batch.user_ids) as string[]).filter(
      (id) => !others.some(({ userId }) => userId === id)
    );
    const falsely = recorded.filter((id) => away.has(id));
    return falsely.length === 0 ? [] : [`${falsely.length} users are recorded as ${action}ed and are not.`];
  });
}

async function list<T>({ url, token }: Pick<RunningBackend, 'url' | 'token'>, model: string): Promise<T[]> {
  const response = await fetch(`${url}/objects/${model}.json`, { headers: { Authorization: `Bearer ${token}` } });
  return ((await response.json()) as { objects: T[] }).objects;
}
