import { LEASE_POLL_MS, STARTING_LEASE_MS } from '../platform-facts';
import { holdsLease, UNDER_WAY } from './RunRecord';
import type { RunRecord } from './RunRecord';
import type { Clock, RecordStore } from '../ports';
import type { RequestSender } from '../requests/RequestSender';

/** What taking the lease needs. */
export interface LeaseJob {
  readonly sender: RequestSender;
  readonly clock: Clock;
  readonly records: RecordStore;
  /** Names this invocation, and no other. */
  readonly holder: string;
  /** Until when the lease is to last. */
  readonly untilMs: number;
}

/**
 * Takes the lease, which one run holds at a time, and writes `running` into the run's record.
 *
 * The database has no locks, so an invocation first writes that it is `starting` and then reads who else is there; it
 * runs only once it has read itself alone. Of any two, the one that wrote later reads the other, so that both cannot be
 * alone (assumed: who reads after a save sees it). Of several that are starting, the one with the smallest id stays.
 * A lease that has expired counts no more, and its run is noted down as `interrupted`.
 *
 * @returns the run that keeps this one from running, or undefined where the lease was taken
 * @throws LockUsersError where the records cannot be read or written
 */
export async function acquireLease(job: LeaseJob, run: RunRecord): Promise<RunRecord | undefined> {
  const { sender, clock, records, holder } = job;
  // Whose lease has not expired has it already: the invocation before handed it over.
  if (holdsLease(run, clock.nowMs())) {
    await hold(job, run, []);
    return undefined;
  }
  let expiresAtMs = -Infinity;
  for (;;) {
    if (clock.nowMs() >= expiresAtMs) {
      expiresAtMs = clock.nowMs() + STARTING_LEASE_MS;
      Object.assign(run, { status: 'starting', leaseHolder: holder, leaseExpiresAtMs: expiresAtMs });
      await sender.read('record', (timeoutMs) => records.save([run], timeoutMs));
    }
    const found = await sender.read('record', (timeoutMs) => records.findRuns({ statuses: UNDER_WAY }, timeoutMs));
    const nowMs = clock.nowMs();
    const others = found.filter(({ id }) => id !== run.id);
    const rivals = others.filter((other) => holdsLease(other, nowMs));
    const blocker = rivals.find(({ status, id }) => status !== 'starting' || id < run.id);
    if (blocker !== undefined) return blocker;
    if (rivals.length > 0) await clock.sleep(LEASE_POLL_MS);
    else if (nowMs < expiresAtMs) {
      await hold(
        job,
        run,
        others.filter((other) => !holdsLease(other, nowMs))
      );
      return undefined;
    }
  }
}

async function hold(
  { sender, clock, records, holder, untilMs }: LeaseJob,
  run: RunRecord,
  interrupted: readonly RunRecord[]
): Promise<void> {
  for (const other of interrupted) {
    const message = 'The process ended without a word. What its batches say holds; the next run does what is missing.';
    Object.assign(other, { status: 'interrupted', message });
  }
  Object.assign(run, { status: 'running', leaseHolder: holder, leaseExpiresAtMs: untilMs });
  run.startedAtMs ??= clock.nowMs();
  await sender.read('record', (timeoutMs) => records.save([run, ...interrupted], timeoutMs));
}
