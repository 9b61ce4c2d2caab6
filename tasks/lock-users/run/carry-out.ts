import { randomUUID } from 'node:crypto';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { findRuns } from '../../../cloudcode/lock_users/src/records/find-runs';
import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { SettingsError, UsageError } from '../../shared/command-errors';
import type { Connection } from '../connect';
import type { Invocation } from '../Invocation';
import type { RunParameters } from './build-parameters';
import { followRun } from './follow-run';
import type { WatchEnd } from './follow-run';
import type { LocalPlan } from './plan-here';
import { Progress } from './Progress';
import { ReportFile } from './ReportFile';
import { requestRun } from './request-run';
import { runDirect } from './run-direct';
import { readRecord, readReport } from './RunEnd';
import type { RunEnd } from './RunEnd';

/** A run that is to be carried out. */
export interface RunToCarryOut {
  readonly parameters: RunParameters & { readonly dryRun: boolean };
  /** How many users it will change; undefined: not known. */
  readonly total: number | undefined;
  /** Who is selected, for the file of `--report`; undefined: there is none. */
  readonly plan?: LocalPlan | undefined;
}

/** How it ended, and whether somebody has only stopped watching, or it seems to be dead. */
export interface CarriedOut {
  readonly end: RunEnd;
  readonly kind: WatchEnd['kind'];
  /** What failed beside the run: watching it, or the file of `--report`. */
  readonly trouble: unknown;
}

/**
 * Has the run carried out, by the deployed task or with `--direct` on this machine, and watches it until it has ended.
 *
 * @throws UsageError, SettingsError, LockUsersError where it could not be started
 */
export async function carryOut(
  connection: Connection,
  invocation: Invocation,
  { parameters, total, plan }: RunToCarryOut
): Promise<CarriedOut> {
  const { options, io } = invocation;
  const { records } = connection;
  if (options.report !== undefined && records === undefined) {
    throw new UsageError(
      '--report is made of the record of the run, and the app has no models for it. Run "lock-users install" and deploy the app.'
    );
  }
  const file =
    options.report === undefined || plan === undefined
      ? undefined
      : await ReportFile.open(options.report, connection, plan);
  const progress = new Progress(invocation, total);
  let trouble: unknown;
  const attempt = async (step: Promise<void> | undefined): Promise<void> => {
    try {
      await step;
    } catch (error) {
      trouble ??= error;
    }
  };
  const onLook = async (run: RunRecord): Promise<void> => {
    progress.update(run);
    // The last writing holds all of it.
    await file?.update(run.id, io.clock).catch(() => undefined);
  };
  const runIt = options.direct === true ? carryOutHere : carryOutThere;
  try {
    const carried = await runIt(connection, invocation, { parameters, progress, onLook });
    const { end, kind, recordId, failure } = carried;
    trouble ??= carried.trouble;
    const changed = end?.counts[ACTION_LABELS[parameters.action].done] ?? 0;
    if (kind !== 'left') await attempt(file?.finish({ recordId, changed }, io.clock));
    if (end === undefined) throw failure;
    return { end, kind, trouble };
  } finally {
    progress.end();
  }
}

interface Carrying {
  readonly parameters: RunParameters;
  readonly progress: Progress;
  onLook(run: RunRecord): Promise<void>;
}

interface Carried {
  /** Undefined where it failed. */
  readonly end: RunEnd | undefined;
  readonly failure?: unknown;
  readonly kind: WatchEnd['kind'];
  readonly recordId: string | undefined;
  readonly trouble?: unknown;
}

async function carryOutThere(connection: Connection, invocation: Invocation, carrying: Carrying): Promise<Carried> {
  const { parameters, onLook } = carrying;
  const objectId = await requestRun(connection, parameters);
  const { records } = connection;
  if (records === undefined) throw new UsageError('The app has no records.');
  const end = {
    runId: objectId,
    action: parameters.action,
    status: 'left',
    counts: {},
    report: undefined,
    message: undefined
  };
  try {
    const { kind, run } = await followRun(connection, records, invocation, { query: { objectId }, onLook });
    return { end: run === undefined ? end : readRecord(run), kind, recordId: objectId };
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    // It goes on, unwatched.
    return { end, kind: 'left', recordId: objectId, trouble: error };
  }
}

async function carryOutHere(connection: Connection, invocation: Invocation, carrying: Carrying): Promise<Carried> {
  const { parameters, progress, onLook } = carrying;
  const { records } = connection;
  const runId = randomUUID();
  const log = {
    line: (line: string): void => {
      progress.takeLog(line);
      // Without a record there is nothing else to look at.
      if (records === undefined) invocation.say(line);
    }
  };
  const running = runDirect(connection, { ...parameters, runId }, { clock: invocation.io.clock, log });
  const watching = records && followRun(connection, records, invocation, { query: { runId }, onLook, ended: running });
  // What cannot be watched runs on all the same.
  const [ran, watched] = await Promise.allSettled([running, watching]);
  let trouble: unknown = watched.status === 'rejected' ? watched.reason : undefined;
  let run = watched.status === 'rejected' ? undefined : watched.value?.run;
  if (run === undefined && records !== undefined) {
    [run] = await findRuns(connection.openContext(), records, { runId }).catch((error: unknown) => {
      trouble ??= error;
      return [];
    });
  }
  const recorded = run !== undefined && hasEnded(run) ? readRecord(run) : undefined;
  const outcome = { kind: 'ended', recordId: run?.id, trouble } as const;
  if (ran.status === 'rejected') return { end: undefined, failure: ran.reason, ...outcome };
  const end = { ...(recorded ?? readReport(ran.value)), report: ran.value };
  return { end, ...outcome };
}
