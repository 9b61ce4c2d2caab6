import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { buildTasks } from '../build/build-tasks';
import { startBackend } from '../local/backend/start-backend';
import type { RunningBackend, StateSummary } from '../local/backend/start-backend';
import { chooseSeedGroups } from '../local/choose-seed-groups';
import { runTask } from '../local/runtime/run-task';

/** What the demo tells while it goes on. */
export interface DemoEvents {
  /** The backend is up; `before` is its state, `protectedUsers` how many users the deployment protects. */
  onStart(before: StateSummary, protectedUsers: number): void;
  onPlan(report: Report): void;
  /** A line of the task's log while it locks. */
  onLog(line: string): void;
}

/** How the demo ended: the task's report, and what the backend says about it. */
export interface DemoResult {
  readonly report: Report;
  readonly before: StateSummary;
  readonly after: StateSummary;
}

/**
 * The main job on an embedded platform: builds the task, starts a backend with users and devices, plans, and locks.
 *
 * @param users how many users the app has, at least 1
 * @param signal aborting it stops the task and the backend
 * @throws Error where the build fails, or the task throws or is killed
 */
export async function runDemo(
  root: string,
  users: number,
  events: DemoEvents,
  signal: AbortSignal
): Promise<DemoResult> {
  buildTasks({ root, only: 'lock_users' });
  const backend = await startBackend({ label: 'Depot App Testing', environment: 'testing' });
  try {
    const seeded = backend.seed(chooseSeedGroups(users));
    const others = new Set([...seeded.lockedIds, ...seeded.twoDeviceIds, ...seeded.neverEnrolledIds]);
    const protectedIds = seeded.userIds.filter((id) => !others.has(id)).slice(0, Math.min(3, Math.floor(users / 10)));
    const before = backend.state();
    events.onStart(before, protectedIds.length);

    const environment = {
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      LOCK_USERS_PROTECTED: protectedIds.join(',')
    };
    const trigger = (params: unknown, onLog?: (line: string) => void): Promise<Report> =>
      triggerTask(root, backend, environment, params, signal, onLog);
    events.onPlan(await trigger({ dryRun: true }));
    const report = await trigger({ reason: 'Release 7: everybody signs in again' }, events.onLog);
    return { report, before, after: backend.state() };
  } finally {
    await backend.close();
  }
}

async function triggerTask(
  root: string,
  backend: RunningBackend,
  environment: Record<string, string>,
  params: unknown,
  signal: AbortSignal,
  onLog?: (line: string) => void
): Promise<Report> {
  const result = await runTask({
    taskFolder: join(root, 'dist', 'lock_users'),
    params,
    environment,
    backend,
    signal,
    ...(onLog && { onLog })
  });
  if (result.status === 'returned') return result.result as Report;
  throw new Error(
    result.status === 'threw'
      ? `The task ended with an error: ${result.error.message}`
      : `The task was killed: ${result.reason}.`
  );
}
