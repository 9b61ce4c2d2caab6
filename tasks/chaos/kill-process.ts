import type { Report } from '../../cloudcode/lock_users';
import { startBackend } from '../local/backend/start-backend';
import type { RunningBackend } from '../local/backend/start-backend';
import { runTask } from '../local/runtime/run-task';
import type { TaskRunResult } from '../local/runtime/TaskRun';
import { seededRandom } from './random';

const USERS = 500;
/** What a seed's task does: how many users are locked before, and how slow its requests are. */
const PLANS = {
  lock: {
    locked: 20,
    params: { batchSize: 40, concurrency: 3 },
    // Only batches with locks are slow: a lease that is saved after its process has died would keep the next run out.
    fault: { kind: 'delay', ms: 60, route: 'POST batch.json', locks: true }
  },
  unlock: {
    locked: 150,
    params: { action: 'unlock', concurrency: 8 },
    fault: { kind: 'delay', ms: 20, route: 'POST users/:any/unlock' }
  }
} as const;
/** A process ends after about this time, starting included. */
const WHOLE_RUN_MS = 600;

/** The outcome of killing a process. */
export interface Killed {
  /** Whether the process was killed before it ended by itself. */
  readonly wasKilled: boolean;
  /** Whether it had changed some of its users by then, but not all. */
  readonly wasHalfway: boolean;
  /** What went against the expectation; empty if all is well. */
  readonly problems: readonly string[];
}

/**
 * Kills (SIGKILL) a process that runs the built task, at a moment drawn by the seed, and triggers the task again. With an
 * even seed the task locks, with an odd one it unlocks. In the end all users must be in the goal state, and no device wiped.
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

/** Sets runs to "interrupted", as an administrator may do in the data browser instead of waiting for a lease to end. */
export async function endLeases({ url, token }: Pick<RunningBackend, 'url' | 'token'>): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const list = (await (await fetch(`${url}/objects/lock_run.json`, { headers })).json()) as {
    objects: { id: string }[];
  };
  for (const { id } of list.objects) {
    const body = JSON.stringify({ lock_run: { status: 'interrupted' } });
    await fetch(`${url}/objects/lock_run/${id}.json`, { method: 'PATCH', headers, body });
  }
}

/** Finds users that the record of the killed run calls done and that are not. */
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
    return falsely.length === 0 ? [] : [`${falsely.length} users are recorded as ${action}ed but are not.`];
  });
}

async function list<T>({ url, token }: Pick<RunningBackend, 'url' | 'token'>, model: string): Promise<T[]> {
  const response = await fetch(`${url}/objects/${model}.json`, { headers: { Authorization: `Bearer ${token}` } });
  return ((await response.json()) as { objects: T[] }).objects;
}
