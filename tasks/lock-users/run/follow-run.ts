import { hasEnded, UNDER_WAY } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RecordStore, RunQuery } from '../../../cloudcode/lock_users/src/ports';
import { SettingsError } from '../../shared/command-errors';
import type { Connection } from '../connect';
import type { Invocation } from '../Invocation';
import { requestStop } from './request-stop';

/** Milliseconds between the first two looks; it doubles. */
const FIRST_LOOK_MS = 250;
/** Milliseconds between two later looks: each costs a request of the deployment's limit. */
const LOOK_EVERY_MS = 2000;
/** Milliseconds after which a run that was requested should have begun. A webhook may be late. */
const BEGINS_WITHIN_MS = 120_000;
/** Milliseconds that a run may be without its lease before it counts as dead: the clocks of two machines differ. */
const LEASE_TOLERANCE_MS = 60_000;

/** What somebody watches. */
export interface Watched {
  readonly query: RunQuery;
  /** Gets the record at each look. */
  onLook(run: RunRecord): Promise<void>;
  /** Where the run is carried out on this machine: watching ends with it. */
  readonly ended?: Promise<unknown>;
}

/** Why the watching ended: the run did, it seems to be dead, or somebody only stopped watching. */
export type WatchEnd = { readonly kind: 'ended' | 'dead' | 'left'; readonly run: RunRecord | undefined };

/**
 * Watches a run until it has ended. Ctrl-C asks whether to stop the run, or only the watching.
 *
 * @throws SettingsError where a requested run does not begin
 * @throws LockUsersError where its record cannot be read
 */
export async function followRun(
  connection: Connection,
  records: RecordStore,
  invocation: Invocation,
  { query, onLook, ended }: Watched
): Promise<WatchEnd> {
  const { clock, signal } = invocation.io;
  const beganAtMs = clock.monotonicMs();
  const finished = new AbortController();
  void ended?.then(
    () => finished.abort(),
    () => finished.abort()
  );
  let isAsked = false;
  for (let delayMs = FIRST_LOOK_MS; ; delayMs = Math.min(delayMs * 2, LOOK_EVERY_MS)) {
    // Ctrl-C ends a wait as well, once.
    const wake = isAsked ? finished.signal : AbortSignal.any([finished.signal, signal]);
    await clock.sleep(delayMs, wake);
    if (signal.aborted && !isAsked) {
      isAsked = true;
      if (await isToLeave(connection, invocation, query, ended !== undefined)) return { kind: 'left', run: undefined };
    }
    const isOver = finished.signal.aborted;
    const [run] = await connection
      .openContext()
      .sender.read('record', (timeoutMs) => records.findRuns(query, timeoutMs));
    if (run !== undefined) await onLook(run);
    if (isOver || (run !== undefined && ended === undefined && hasEnded(run))) return { kind: 'ended', run };
    if (ended !== undefined) continue;
    if (run !== undefined && isDead(run, clock.nowMs())) return { kind: 'dead', run };
    if ((run === undefined || run.status === 'requested') && clock.monotonicMs() - beganAtMs > BEGINS_WITHIN_MS) {
      throw new SettingsError(
        `The run was requested ${BEGINS_WITHIN_MS / 1000} s ago and has not begun. It may still begin: look with "lock-users runs". Is lock_users deployed and enabled, and is the webhook of lock_run deployed? "lock-users doctor" looks. Or use --direct.`
      );
    }
  }
}

function isDead(run: RunRecord, nowMs: number): boolean {
  const isWorking = run.status !== null && UNDER_WAY.includes(run.status);
  return run.status === 'interrupted' || (isWorking && (run.leaseExpiresAtMs ?? Infinity) < nowMs - LEASE_TOLERANCE_MS);
}

/** What is to become of the run after Ctrl-C; whether the watching ends. */
async function isToLeave(
  connection: Connection,
  { io, options }: Invocation,
  query: RunQuery,
  isHere: boolean
): Promise<boolean> {
  const question = 'Stop the run (s), or only stop watching (w)? ';
  const isAskable = !isHere && options.input !== false;
  const answer = isAskable ? await io.ask(question, new AbortController().signal).catch(() => undefined) : undefined;
  if (!isHere && answer?.trim().toLowerCase().startsWith('s') !== true) return true;
  const isTaken = await requestStop(connection, query);
  io.stderr.write(
    isTaken
      ? 'The run was asked to stop. Waiting until it has.\n'
      : 'This app has no field lock_run.stop_requested, so the run cannot be stopped in order. Press Ctrl-C again to end this program; users that are on their way may be changed.\n'
  );
  return false;
}
