import { randomUUID } from 'node:crypto';
import { hasEnded } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { UsageError } from '../../shared/command-errors';
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
  const onLook = async (run: RunRecord): Promise<void> => {
    progress.update(run);
    await file?.update(run.id, io.clock);
  };
  const runIt = options.direct === true ? carryOutHere : carryOutThere;
  try {
    const { end, kind, recordId } = await runIt(connection, invocation, { parameters, progress, onLook });
    if (recordId !== undefined && kind !== 'left') await file?.finish(recordId);
    return { end, kind };
  } finally {
    progress.end();
  }
}

interface Carrying {
  readonly parameters: RunParameters;
  readonly progress: Progress;
  onLook(run: RunRecord): Promise<void>;
}

type Carried = CarriedOut & { readonly recordId: string | undefined };

async function carryOutThere(connection: Connection, invocation: Invocation, carrying: Carrying): Promise<Carried> {
  const { parameters, onLook } = carrying;
  const objectId = await requestRun(connection, parameters);
  const { records } = connection;
  if (records === undefined) throw new UsageError('The app has no records.');
  const { kind, run } = await followRun(connection, records, invocation, { query: { objectId }, onLook });
  const end =
    run === undefined
      ? {
          runId: objectId,
          action: parameters.action,
          status: 'left',
          counts: {},
          report: undefined,
          message: undefined
        }
      : readRecord(run);
  return { end, kind, recordId: objectId };
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
  // What cannot be watched runs on all the same.
  const watching =
    records === undefined
      ? undefined
      : followRun(connection, records, invocation, { query: { runId }, onLook, ended: running }).catch(() => undefined);
  const [report, watched] = await Promise.all([running, watching]);
  const run = watched?.run;
  const end = run !== undefined && hasEnded(run) ? readRecord(run) : readReport(report);
  return { end: { ...end, report }, kind: 'ended', recordId: run?.id };
}
