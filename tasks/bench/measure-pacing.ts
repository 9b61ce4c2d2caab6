import { VARIABLES } from '../../cloudcode/lock_users/src/input/variables';
import { countNoun } from '../shared/count-noun';
import { forumLoop, promiseAll, sequentialLoop } from './alternatives';
import type { Alternative } from './alternatives';
import { runLockUsersTask } from './lock-users-run';
import { startBenchBackend } from './start-bench-backend';
import type { BenchBackend } from './start-bench-backend';

/** Limits of the deployment as its client finds them. */
export interface PacingScenario {
  readonly name: string;
  readonly rate: number;
  readonly burst: number;
}

/** A rested deployment with the quoted limits; and one half of whose bucket another client takes. */
export const SCENARIOS: readonly PacingScenario[] = [
  { name: 'alone', rate: 20, burst: 1200 },
  { name: 'half the bucket taken', rate: 10, burst: 600 }
];

/** Milliseconds that a batch of 1000 takes, as in the project's estimates. */
export const BATCH_MS = 800;

/** One line of the table. */
export interface PacingResult {
  readonly scenario: string;
  readonly users: number;
  readonly candidate: string;
  /** Seconds of the whole job: with reading and verifying for lock_users, sending alone for the others. */
  readonly seconds: number;
  /** Seconds from the first batch to the last answer. */
  readonly lockingSeconds: number;
  /** Seconds that no client could go below, or undefined for those that do not keep to the pace. */
  readonly floorSeconds?: number;
  readonly requests?: number;
  readonly rateLimited?: number;
  readonly lost: number;
  readonly violations: number;
  readonly peakMemoryMb?: number;
  readonly ending: string;
}

const ALTERNATIVES: readonly (readonly [string, Alternative])[] = [
  ['forum loop', forumLoop],
  ['sequential, one retry', sequentialLoop],
  ['Promise.all + p-retry', promiseAll]
];

/** What to measure on. */
export interface Measurement {
  readonly scenario: PacingScenario;
  readonly users: number;
  /** Aborting it ends the measurement and its processes. */
  readonly signal: AbortSignal;
}

/**
 * Measures lock_users on a fresh backend.
 *
 * @throws Error where the task does not return, and where the signal is aborted
 */
export async function measureLockUsers(
  measurement: Measurement & { readonly taskFolder: string; readonly concurrency: number }
): Promise<PacingResult> {
  const { taskFolder, scenario, users, concurrency, signal } = measurement;
  return onBackend(measurement, async (backend) => {
    const run = await runLockUsersTask({ taskFolder, backend, params: { concurrency }, signal });
    const batches = Math.ceil(users / 1000);
    const [rate, burst] = [
      Math.min(VARIABLES.LOCK_USERS_RATE.default, scenario.rate),
      Math.min(VARIABLES.LOCK_USERS_BURST.default, scenario.burst)
    ];
    const paced = (run.requests - burst) / rate;
    const inFlight = (Math.ceil(batches / concurrency) - 1) * (BATCH_MS / 1000);
    return {
      candidate: `lock_users, ${concurrency} in flight`,
      seconds: run.seconds,
      floorSeconds: Math.max(paced, inFlight, 0) + BATCH_MS / 1000,
      requests: run.requests,
      rateLimited: run.rateLimited,
      peakMemoryMb: run.peakMemoryMb,
      ending: `${run.status}, ${countNoun(run.invocations, 'invocation')}`
    };
  });
}

/** Measures the alternatives, each on a backend of its own, at the same time: they mostly wait. */
export async function measureAlternatives(measurement: Measurement): Promise<PacingResult[]> {
  return Promise.all(
    ALTERNATIVES.map(([candidate, attempt]) =>
      onBackend(measurement, async (backend) => {
        const startedAtMs = performance.now();
        const ending = await attempt(backend, measurement.signal);
        return { candidate, seconds: (performance.now() - startedAtMs) / 1000, ending };
      })
    )
  );
}

async function onBackend(
  { scenario, users, signal }: Measurement,
  measure: (
    backend: BenchBackend
  ) => Promise<Omit<PacingResult, 'scenario' | 'users' | 'lost' | 'violations' | 'lockingSeconds'>>
): Promise<PacingResult> {
  const { rate, burst, name } = scenario;
  const backend = await startBenchBackend({ users, rate, burst, batchMs: BATCH_MS }, signal);
  try {
    const measured = await measure(backend);
    const { lockedUsers, lockingMs, violations } = await backend.readState();
    return {
      scenario: name,
      users,
      lost: users - lockedUsers,
      violations,
      lockingSeconds: lockingMs / 1000,
      ...measured
    };
  } finally {
    backend.stop();
  }
}
