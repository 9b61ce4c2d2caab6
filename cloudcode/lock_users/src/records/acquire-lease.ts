import { ERROR_CATALOGUE } from '../error-catalogue';
import { LockUsersError, toErrorDetails } from '../errors';
import type { Ports, RecordStore } from '../ports';
import type { RequestSender } from '../requests/RequestSender';
import { stopRequested } from '../reasons/run-reasons';
import { holdsLease, isAskedToStop, isReopened, UNDER_WAY } from './RunRecord';
import type { RunRecord } from './RunRecord';

/**
 * Milliseconds that an invocation's lease outlasts its budget: the last answers, the end of the record, and clocks that
 * differ. Ours; the platform stops a task after 300 s (documented: CloudCode overview).
 */
export const LEASE_MARGIN_MS = 60_000;

/** Milliseconds that a lease lasts while its invocation still looks for other runs. Ours. */
export const STARTING_LEASE_MS = 60_000;

/** Milliseconds between two looks at whether a rival for the lease has withdrawn. Ours. */
const LEASE_POLL_MS = 500;

/**
 * Acquires the lease, which one run holds at a time, and writes `running` into the run's record.
 *
 * The database has no locks, so an invocation first writes that it is `starting` and then looks for other runs; it
 * goes on only when it has found none. Of any two, the one that wrote later finds the other, so that both cannot be
 * alone (assumed: a read after a save sees what was saved). Of several that are starting, the one with the smallest id stays.
 * A lease that has expired counts no more, and its run is noted down as `interrupted`.
 *
 * @param holder names this invocation, and no other
 * @returns the run that keeps this one from running (its own record, where it was asked to stop), or undefined where the lease was
 * acquired
 * @throws LockUsersError where the records cannot be read or written
 */
export async function acquireLease(
  { sender, ports }: { readonly sender: RequestSender; readonly ports: Pick<Ports, 'clock' | 'log'> },
  records: RecordStore,
  record: RunRecord,
  holder: string
): Promise<RunRecord | undefined> {
  const { clock, log } = ports;

  async function hold(): Promise<void> {
    const leaseExpiresAtMs = clock.nowMs() + Math.max(0, sender.timer.budgetLeftMs) + LEASE_MARGIN_MS;
    Object.assign(record, { status: 'running', leaseHolder: holder, leaseExpiresAtMs });
    record.startedAtMs ??= clock.nowMs();
    await sender.read('record', (timeoutMs) => records.save([record], timeoutMs));
  }

  /** By itself, so that a run whose record cannot be changed keeps nobody out. */
  async function markInterrupted(others: readonly RunRecord[]): Promise<void> {
    for (const other of others) {
      const isOver = isReopened(other);
      const message = isOver
        ? 'The run had ended, and a save that came late wrote an older status over its own. What its report and its batches say holds.'
        : 'The process ended without reporting. What its batches say holds; the next run does what is missing.';
      Object.assign(
        other,
        isAskedToStop(other) && !isOver
          ? { status: 'stopped', finishedAtMs: clock.nowMs(), message: stopRequested(other.runId ?? other.id).message }
          : { status: 'interrupted', message }
      );
      try {
        await sender.read('record', (timeoutMs) => records.save([other], timeoutMs), { isEssential: false });
      } catch (error) {
        log.line(
          `The record of run ${other.runId ?? other.id} does not say that it was interrupted. ${toErrorDetails(error).message}`
        );
      }
    }
  }

  // Whose lease has not expired has it already: the invocation before handed it over. Of a lease that a late save has written again,
  // others may have found that it was given back, and begun.
  if (record.status === 'continues' && holdsLease(record, clock.nowMs())) {
    const handedOverUntilMs = record.leaseExpiresAtMs ?? 0;
    await hold();
    if (clock.nowMs() < handedOverUntilMs) return undefined;
  }
  let expiresAtMs = -Infinity;
  const giveUpAtMs = clock.nowMs() + STARTING_LEASE_MS;
  for (;;) {
    if (clock.nowMs() >= expiresAtMs) {
      expiresAtMs = clock.nowMs() + STARTING_LEASE_MS;
      Object.assign(record, { status: 'starting', leaseHolder: holder, leaseExpiresAtMs: expiresAtMs });
      await sender.read('record', (timeoutMs) => records.save([record], timeoutMs));
    }
    const found = await sender.read('record', (timeoutMs) => records.findRuns({ statuses: UNDER_WAY }, timeoutMs));
    const nowMs = clock.nowMs();
    // Another invocation of the same run has written itself in: it was scheduled twice.
    const own = found.find(({ id }) => id === record.id);
    if (own !== undefined && (own.leaseHolder !== holder || isAskedToStop(own))) return own;
    if (own === undefined) {
      // The read lags, or was answered with an error that the platform's client takes for an empty list (observed).
      if (nowMs >= giveUpAtMs) throw recordNotShown();
      await clock.sleep(LEASE_POLL_MS);
      continue;
    }
    const others = found.filter(({ id }) => id !== record.id);
    const rivals = others.filter((other) => holdsLease(other, nowMs));
    const blocker = rivals.find(({ status, id }) => status !== 'starting' || id < record.id);
    if (blocker !== undefined) return blocker;
    if (rivals.length > 0) await clock.sleep(LEASE_POLL_MS);
    else if (nowMs < expiresAtMs) {
      try {
        await hold();
      } catch (error) {
        // Nobody was shown that it holds the lease, so that it has none to hand over.
        record.status = 'starting';
        throw error;
      }
      // Written so late that another run may have found the first lease expired, and begun. So it is acquired anew.
      if (clock.nowMs() >= expiresAtMs) continue;
      await markInterrupted(others);
      return undefined;
    }
  }
}

function recordNotShown(): LockUsersError {
  return new LockUsersError({
    code: 'RECORD_FAILED',
    message: `The run's record was saved, and ${STARTING_LEASE_MS / 1000} s later the database still does not show it.`,
    nextStep: ERROR_CATALOGUE.RECORD_FAILED.remedy
  });
}
