import omit = require('lodash/omit');
import { LEASE_MARGIN_MS } from '../platform-facts';
import type { ErrorDetails } from '../errors';
import type { Parameters } from '../input/parameters';
import { holdsLease } from './RunRecord';
import type { RecordStatus, RunRecord } from './RunRecord';
import { orderInvocation } from '../run/schedule-invocation';
import type { Ports } from '../ports';
import type { RequestSender } from '../requests/RequestSender';
import { acquireLease } from './acquire-lease';

/** What opening a run needs. */
export interface OpeningJob {
  readonly parameters: Parameters;
  readonly ports: Ports;
  readonly runId: string;
  /** Which invocation of the run this is, from 1. */
  readonly invocation: number;
  readonly dryRun: boolean;
  readonly sender: RequestSender;
  /** When the last request may leave, on the clock. */
  readonly deadlineMs: number;
}

/** Whether the invocation may go on, and the record of the run, if there is one. */
export interface Opening {
  readonly stop?: ErrorDetails;
  readonly run?: RunRecord;
  /** Whether the record shows that an invocation of the run has begun before. */
  readonly hasBegun?: boolean;
}

const ENDED: readonly RecordStatus[] = ['planned', 'done', 'partial', 'refused', 'stalled', 'failed'];

/**
 * Sees to it that no other run is under way: by the lease in the run's record, or, where the app has no models for
 * records, by moving the run to the queue, on which runs never overlap. A dry run changes nothing and needs neither.
 *
 * @throws LockUsersError `RECORD_FAILED` where the record cannot be read or written
 */
export async function beginRun(job: OpeningJob): Promise<Opening> {
  const { parameters, ports, runId, invocation, dryRun, sender } = job;
  const { records, clock, log } = ports;
  const isOrdered = parameters.runId !== undefined || parameters.continuation !== undefined;
  if (records === undefined) {
    // What cannot be undone without a record need not be ordered first.
    if (!isOrdered && !dryRun && parameters.undo === undefined && ports.queue !== undefined) {
      const opening = await orderAgain(job, 0, 'Without a record runs are kept apart by the queue.', {});
      if (opening.stop !== undefined) return opening;
    }
    if (invocation === 1) log.line('This run has no record: the data model has no models lock_run and lock_run_batch.');
    return {};
  }
  const found = isOrdered
    ? (await sender.read('record', (timeoutMs) => records.findRuns({ runId }, timeoutMs)))[0]
    : undefined;
  const nowMs = clock.nowMs();
  if (found !== undefined) {
    const { status } = found;
    if ((status === 'starting' || status === 'running') && holdsLease(found, nowMs)) return waitFor(job, found);
    const isRepeated = status === 'continues' && invocation <= (found.invocation ?? 0);
    if (isRepeated || (status !== null && ENDED.includes(status))) return { stop: describeEnded(runId, status) };
    if (found.undoneBy !== null) return { stop: describeUndone(runId, found.undoneBy) };
  }
  const hasBegun = (found?.startedAtMs ?? null) !== null;
  // A run that has begun and was disarmed since must not look as if it had only planned.
  if (dryRun && hasBegun) return {};
  const run = found ?? records.newRun();
  Object.assign(run, {
    ...{ runId, action: parameters.action, invocation, message: null, finishedAtMs: null },
    ...{ reason: parameters.reason ?? null, requestedBy: parameters.requestedBy ?? null },
    parameters: JSON.stringify(omit(parameters.rawParameters, ['runId', 'continuation', 'reason', 'requestedBy']))
  });
  if (dryRun) {
    run.startedAtMs = nowMs;
    return { run };
  }
  const holder = `invocation ${invocation}, ${ports.newRunId()}`;
  const lease = { sender, clock, records, holder, untilMs: job.deadlineMs + LEASE_MARGIN_MS };
  const blocker = await acquireLease(lease, run);
  if (blocker === undefined) return { run, hasBegun };
  if (invocation === 1 && !hasBegun) return { stop: describeUnderWay(blocker, clock.nowMs()), run };
  // As before this invocation, or it would count as carried out when it comes back.
  Object.assign(run, { status: 'continues', invocation: invocation - 1, leaseHolder: null, leaseExpiresAtMs: null });
  await sender.read('record', (timeoutMs) => records.save([run], timeoutMs));
  return waitFor(job, blocker);
}

/** Orders this invocation once more for when the other one's lease has ended, because its run had begun before. */
function waitFor(job: OpeningJob, other: RunRecord): Promise<Opening> {
  const leftMs = Math.max(0, (other.leaseExpiresAtMs ?? 0) - job.ports.clock.nowMs());
  const underWay = describeUnderWay(other, job.ports.clock.nowMs());
  return orderAgain(job, leftMs, underWay.message, { stop: underWay });
}

async function orderAgain(
  { parameters, ports, runId }: OpeningJob,
  afterMs: number,
  why: string,
  otherwise: Opening
): Promise<Opening> {
  const failure = await orderInvocation(ports, { ...parameters.rawParameters, runId }, afterMs);
  if (failure !== undefined) return otherwise;
  const when = afterMs > 0 ? ` in ${Math.ceil(afterMs / 1000)} s` : '';
  return { stop: describeQueued(`${why} Run ${runId} is ordered on the queue lock_users${when}.`) };
}

/** Why an invocation ends that has ordered its run on the queue. */
export function describeQueued(message: string): ErrorDetails {
  return { code: 'QUEUED', message, nextStep: 'Its log and its report are those of the ordered invocation.' };
}

/** Why an invocation does nothing about a run that has been carried out. */
export function describeEnded(runId: string, status: RecordStatus | null): ErrorDetails {
  return {
    code: 'RUN_ENDED',
    message: `Run ${runId} was not carried out again: its record says "${status ?? 'nothing'}".`,
    nextStep: 'Start another run if one is meant.'
  };
}

function describeUndone(runId: string, undoneBy: string): ErrorDetails {
  return {
    code: 'RUN_ENDED',
    message: `Run ${runId} was not carried out: run ${undoneBy} has undone it.`,
    nextStep: 'Start another run if one is meant.'
  };
}

/** Why a run does nothing while another one is under way. */
export function describeUnderWay({ runId, id, leaseHolder, leaseExpiresAtMs }: RunRecord, nowMs: number): ErrorDetails {
  const holder = leaseHolder ?? 'its next invocation is ordered';
  const seconds = Math.max(0, Math.ceil(((leaseExpiresAtMs ?? 0) - nowMs) / 1000));
  return {
    code: 'RUN_UNDER_WAY',
    message: `A run is under way: ${runId ?? id} (${holder}). Its lease ends in ${seconds} s at the latest.`,
    nextStep: `Wait until it has ended, then run the task again if there is something left to do. If it was killed, the status "interrupted" in its record (lock_run ${id}) ends its lease at once.`
  };
}
