import type { Report } from '../../cloudcode/lock_users';
import { buildTasks } from '../build/build-tasks';
import { runTask } from '../local/runtime/run-task';
import type { ScheduleRequest, TaskRunResult } from '../local/runtime/TaskRun';
import type { BenchBackend } from './start-bench-backend';

/** What a run of the task took, over all its invocations. */
export interface LockUsersRun {
  readonly seconds: number;
  readonly requests: number;
  readonly rateLimited: number;
  /** User and system time, in milliseconds. */
  readonly cpuMs: number;
  readonly peakMemoryMb: number;
  readonly invocations: number;
  readonly status: string;
}

type ReturnedRun = Extract<TaskRunResult, { readonly status: 'returned' }>;

/** Builds the task of this repository, and returns its folder. */
export function buildForBench(root: string): string {
  const [built] = buildTasks({ root, only: 'lock_users' });
  if (built === undefined) throw new Error('The task was not built.');
  return built.outFolder;
}

/** A task, what it runs on and what it is told. */
export interface BenchRun {
  readonly taskFolder: string;
  readonly backend: BenchBackend;
  readonly params?: unknown;
  /** Variables beside those that say where the backend is. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onSchedule?: (request: ScheduleRequest) => void;
}

/**
 * Runs one invocation of a built task in the local runtime, with its limits on.
 *
 * @throws Error where the task does not return, also because the signal was aborted
 */
export async function runInvocation({ backend, variables, ...run }: BenchRun): Promise<ReturnedRun> {
  const result = await runTask({
    ...run,
    backend,
    environment: {
      JOURNEY_BACKEND_URL: backend.url,
      JOURNEY_API_TOKEN: backend.token,
      LOCK_USERS_ARMED: 'true',
      ...variables
    }
  });
  if (result.status !== 'returned') throw new Error(`The task did not return: ${JSON.stringify(result)}`);
  return result;
}

/**
 * Runs lock_users through all its invocations.
 *
 * @throws Error as `runInvocation`
 */
export async function runLockUsersTask(run: Omit<BenchRun, 'onSchedule'>): Promise<LockUsersRun> {
  const reports: Report[] = [];
  let [seconds, cpuMs, peakMemoryMb] = [0, 0, 0];
  let next: ScheduleRequest | undefined = { task: 'lock_users', params: run.params };
  while (next !== undefined) {
    let scheduled: ScheduleRequest | undefined;
    const result = await runInvocation({
      ...run,
      params: next.params,
      onSchedule: (request) => {
        scheduled = request;
      }
    });
    const report = result.result as Report;
    reports.push(report);
    // The time of the task itself: starting a process takes as long with every candidate.
    seconds += report.durationMs / 1000;
    cpuMs += result.cpuMs;
    peakMemoryMb = Math.max(peakMemoryMb, result.peakMemoryMb);
    next = scheduled;
  }
  const sum = (read: (report: Report) => number): number => reports.reduce((total, report) => total + read(report), 0);
  return {
    seconds,
    cpuMs,
    peakMemoryMb,
    requests: sum(({ requests }) => requests.total),
    rateLimited: sum(({ requests }) => requests.rateLimited),
    invocations: reports.length,
    status: reports.at(-1)?.status ?? ''
  };
}
