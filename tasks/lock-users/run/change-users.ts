import pick from 'lodash/pick';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import type { ErrorCode } from '../../../cloudcode/lock_users/src/error-catalogue';
import { isAlarm } from '../../../cloudcode/lock_users/src/errors';
import type { DeploymentInfo } from '../../../cloudcode/lock_users/src/ports';
import type { Connection } from '../connect';
import { EXIT_CODES, exitCodeOfError } from '../exit-codes';
import type { Invocation, NextCommand, Outcome } from '../Invocation';
import type { RunParameters } from './build-parameters';
import { carryOut } from './carry-out';
import type { CarriedOut } from './carry-out';
import { confirm } from './confirm';
import { formatPlan, makePlan } from './make-plan';
import { checkReportName, ReportFile } from './ReportFile';
import { refuseOtherPlan } from './refuse-other-plan';
import { exitCodeOf, formatRun, showRun } from './RunEnd';
import type { RunEnd } from './RunEnd';
import type { LocalPlan } from './plan-here';

/** Stop reasons that the list of the runs explains. */
const ABOUT_RUNS: readonly ErrorCode[] = ['RUN_UNDER_WAY', 'NO_RECORD', 'NOT_UNDOABLE', 'SEVERAL_RUNS'];

/** A change that somebody wants. */
export interface WantedChange {
  readonly connection: Connection;
  readonly info: DeploymentInfo;
  readonly parameters: RunParameters;
  /** The command that does the rest, where some users are not there. */
  readonly again: NextCommand;
  /** When its users are let back in by themselves, for a person. */
  readonly letInAt?: string | undefined;
  /** How many users were agreed to already, by a plan that was kept; undefined: a plan is made first. */
  readonly planned?: number;
}

/**
 * Plans a change, has it confirmed, has it carried out, and says how it ended. With `--dry-run` it ends with the plan.
 *
 * @throws RefusedError where somebody says no; UsageError, SettingsError, LockUsersError
 */
export async function changeUsers(invocation: Invocation, wanted: WantedChange): Promise<Outcome> {
  const { connection, info, parameters, again, letInAt } = wanted;
  const { options } = invocation;
  if (options.report !== undefined) checkReportName(options.report);
  const needsPeople = options.report !== undefined;
  const isToBeMade = wanted.planned === undefined || needsPeople || options.dryRun === true;
  const plan = isToBeMade ? await makePlan(connection, invocation, parameters, needsPeople) : undefined;
  const shown = [
    ...(plan === undefined ? [] : formatPlan(connection, plan, [])),
    ...(letInAt === undefined ? [] : [`They would be let back in at ${letInAt}.`])
  ];
  if (plan !== undefined) {
    if (plan.end.status !== 'planned') return describeEnd({ end: plan.end, kind: 'ended', trouble: undefined }, again);
    if (options.report !== undefined && plan.local?.report.status !== 'planned')
      refuseOtherPlan(`--report ${options.report}`, plan);
    const planned = { exitCode: EXIT_CODES.allThere.code, data: showRun(plan.end) };
    if (plan.count === 0 || options.dryRun === true) await reportPlan(connection, invocation, plan.local);
    if (plan.count === 0) {
      return {
        ...planned,
        lines: [...shown, 'There is nobody left to change.'],
        next: { command: 'status' }
      };
    }
    if (options.dryRun === true) return { ...planned, lines: shown, next: again };
  }
  invocation.say(...shown);
  const count = wanted.planned ?? plan?.count ?? 0;
  await confirm(invocation, { verb: ACTION_LABELS[parameters.action].verb, count, ...info });
  const isLock = parameters.action === 'lock';
  const carried = await carryOut(connection, invocation, {
    // Nobody more than was agreed to, whoever came since.
    parameters: { ...parameters, dryRun: false, ...(isLock && { maxUsers: count }) },
    total: count,
    plan: plan?.local
  });
  return describeEnd(carried, again);
}

/** Who is selected where there is nobody to change: a report of an earlier call may have named some of them alone. */
async function reportPlan(
  connection: Connection,
  { options, io }: Invocation,
  plan: LocalPlan | undefined
): Promise<void> {
  const { report: path } = options;
  if (path === undefined || plan === undefined) return;
  const file = await ReportFile.open(path, connection, plan);
  await file.finish(undefined, io.clock);
}

function describeEnd({ end, kind, trouble }: CarriedOut, again: NextCommand): Outcome {
  if (kind === 'left') {
    return {
      exitCode: trouble === undefined ? EXIT_CODES.interrupted.code : exitCodeOfError(trouble),
      error: trouble,
      data: showRun(end),
      lines: [`Run ${end.runId} goes on; it is only not watched any more.`],
      next: { command: 'status', operands: [end.runId] }
    };
  }
  const dead = kind === 'dead' ? 'Its process seems to have ended without reporting.' : undefined;
  const shown: RunEnd = dead === undefined ? end : { ...end, status: 'interrupted', message: dead };
  const runCode = exitCodeOf(shown);
  const exitCode = runCode === EXIT_CODES.allThere.code && trouble !== undefined ? exitCodeOfError(trouble) : runCode;
  return { exitCode, error: trouble, data: showRun(shown), lines: formatRun(shown), next: chooseNext(shown, again) };
}

function chooseNext(end: RunEnd, again: NextCommand): NextCommand {
  const { stopReason } = end.report ?? {};
  const status = { command: 'status', operands: [end.runId] };
  // Nobody should run it again before they know why.
  if (stopReason !== undefined && isAlarm(stopReason)) return status;
  if (stopReason !== undefined && ABOUT_RUNS.includes(stopReason.code)) return { command: 'runs' };
  switch (end.status) {
    case 'done':
      return end.action === 'lock' && end.morning === undefined
        ? { command: 'undo', operands: [end.runId], options: pick(again.options, 'direct') }
        : status;
    case 'refused':
      return { command: 'doctor' };
    default:
      return again;
  }
}
