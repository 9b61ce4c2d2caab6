import type { KeepAliveParameters } from './keep-alive-client';
import { runInvocation, runLockUsersTask } from './lock-users-run';
import { startBenchBackend } from './start-bench-backend';
import type { BenchBackend } from './start-bench-backend';

/** As fast as lock_users may be told to go, and a deployment that never says that it is too fast. */
const VARIABLES = { LOCK_USERS_RATE: '1000', LOCK_USERS_BURST: '100000' };
const LIMITS = { rate: 1_000_000, burst: 1_000_000, batchMs: 0 };

/** What one client has used up. */
export interface CpuUse {
  /** User and system time of its process, in milliseconds. */
  readonly cpuMs: number;
  readonly peakMemoryMb: number;
  readonly requests: number;
}

/**
 * lock_users and two bare clients. One reads the list of the app database by the platform's `DB`, which is the way of every task; the
 * other one reads it as JSON. What lies between the two is what `DB` takes to make an object of each user.
 */
export interface CpuComparison {
  readonly lockUsers: CpuUse;
  readonly bareWithDb: CpuUse;
  readonly bareJson: CpuUse;
}

/** What to measure. */
export interface CpuMeasurement {
  readonly taskFolder: string;
  readonly bareFolder: string;
  readonly users: number;
  /** Whether lock_users is first or last, so that it does not always find the machine as another has left it. */
  readonly isTaskFirst: boolean;
  /** Aborting it ends the measurement and its processes. */
  readonly signal: AbortSignal;
}

/**
 * Measures the CPU time and memory of lock_users, with a record of its run, and of bare clients that make the same requests, one after the
 * other. Each has a process of its own in the local runtime, and a fresh backend in another one.
 *
 * @throws Error where a client does not lock everybody, and where the signal is aborted
 */
export async function compareCpu(measurement: CpuMeasurement): Promise<CpuComparison> {
  const { taskFolder, bareFolder, users, isTaskFirst, signal } = measurement;
  const runTask = (): Promise<CpuUse> =>
    onBackend(measurement, (backend) => runLockUsersTask({ taskFolder, backend, variables: VARIABLES, signal }));
  const runBare = (usesDb: boolean): Promise<CpuUse> => {
    const params: KeepAliveParameters = { users, usesDb };
    return onBackend(measurement, (backend) => runInvocation({ taskFolder: bareFolder, backend, params, signal }));
  };
  const first = isTaskFirst ? await runTask() : undefined;
  const bareWithDb = await runBare(true);
  const bareJson = await runBare(false);
  return { lockUsers: first ?? (await runTask()), bareWithDb, bareJson };
}

async function onBackend(
  { users, signal }: CpuMeasurement,
  measure: (backend: BenchBackend) => Promise<Pick<CpuUse, 'cpuMs' | 'peakMemoryMb'>>
): Promise<CpuUse> {
  const backend = await startBenchBackend({ users, ...LIMITS }, signal);
  try {
    const { cpuMs, peakMemoryMb } = await measure(backend);
    const { lockedUsers, requests } = await backend.readState();
    if (lockedUsers !== users) throw new Error(`Only ${lockedUsers} of ${users} users were locked.`);
    return { cpuMs, peakMemoryMb, requests };
  } finally {
    backend.stop();
  }
}
