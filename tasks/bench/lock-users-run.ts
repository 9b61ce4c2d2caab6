import type { Report } from '../../cloudcode/lock_users';
import { buildTasks } from '../build/build-tasks';
import { runTask } from '../local/runtime/run-task';
import type { ScheduleRequest } from '../local/runtime/TaskRun';
import type { BenchBackend } from './start-bench-backend';

/** What a run of the task took, over all its invocations. */
export interface LockUsersRun {
  readonly seconds: number;
  readonly requests: number;
  readonly rateLimited: number;
  readonly peakMemoryMb: number;
  readonly invocations: number;
  readonly status: string;
}

/** Builds the task of this repository, and returns its folder. */
export function buildForBench(root: string): string {
  const [built] = buildTasks({ root, only: 'lock_users' });
  if (built === undefined) throw new Error('The task was not built.');
  return built.outFolder;
}

/**
 * Runs the built task in the local runtime, with its limits on, through all its invocations.
 *
 * @throws Error where the task does not return, also because the signal was aborted
 */
export async function runLockUsersTask(
  taskFolder: string,
  backend: BenchBackend,
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal
): Promise<LockUsersRun> {
  const reports: Report[] = [];
  let [seconds, peakMemoryMb] = [0, 0];
  let next: ScheduleRequest | undefined = { task: 'lock_users', params };
  while (next !== undefined) {
    let scheduled: ScheduleRequest | undefined;
    const result = await runTask({
      taskFolder,
      params: next.params,
      environment: { JOURNEY_BACKEND_URL: backend.url, JOURNEY_API_TOKEN: backend.token, LOCK_USERS_ARMED: 'true' },
      backend,
      signal,
      onSchedule: (request) => {
        scheduled = request;
      }
    });
    if (result.status !== 'returned') throw new Error(`The task did not return: ${JSON.stringify(result)}`);
    const report = result.result as Report;
    reports.push(report);
    // The time of the task itself: starting a process takes as long with every candidate.
    seconds += report.durationMs / 1000;
    peakMemoryMb = Math.max(peakMemoryMb, result.peakMemoryMb);
    next = scheduled;
  }
  const sum = (read: (report: Report) => number): number => reports.reduce((total, report) => total + read(report), 0);
  return {
    seconds,
    peakMemoryMb,
    requests: sum(({ requests }) => requests.total),
    rateLimited: sum(({ requests }) => requests.rateLimited),
    invocations: reports.length,
    status: reports.at(-1)?.status ?? ''
  };
}
