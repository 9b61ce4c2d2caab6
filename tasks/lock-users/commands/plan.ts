import pick from 'lodash/pick';
import type { Invocation, NextCommand, Outcome, ProgramOptions } from '../Invocation';
import { repeatOptions } from '../repeat-options';
import { writePlanFile } from '../plan-file';
import { buildParameters } from '../run/build-parameters';
import { estimate, formatPlan, makePlan } from '../run/make-plan';
import { openChange } from '../run/open-change';
import { readNames } from '../run/ReportFile';
import { refuseOtherPlan } from '../run/refuse-other-plan';
import { exitCodeOf, formatRun, showRun } from '../run/RunEnd';

/** Names that are shown of those who would be locked. */
const SAMPLE = 10;

/** Shows what a lock would do, and keeps it with `--out`. Nothing is sent. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation;
  const { connection, info } = await openChange(invocation);
  const parameters = await buildParameters(connection, invocation, 'lock');
  const plan = await makePlan(connection, invocation, parameters, true);
  const { end, count, local } = plan;
  const protectedBy = end.report?.protectedBy;
  if (end.status !== 'planned') {
    return { exitCode: exitCodeOf(end), data: showRun(end), lines: formatRun(end), next: { command: 'doctor' } };
  }
  const userIds = (local?.places ?? []).flatMap(({ userId, place }) => (place === 'planned' ? [userId] : []));
  const sample = [...(await readNames(connection, userIds.slice(0, SAMPLE))).values()];
  if (options.out !== undefined) {
    refuseOtherPlan(`--out ${options.out}`, plan);
    writePlanFile(options.out, {
      format: 'lock-users plan 1',
      backendId: connection.settings.backendId,
      label: info.label,
      environment: info.environment,
      madeAt: new Date(io.clock.nowMs()).toISOString(),
      onlyEnrolled: options.onlyEnrolled === true,
      reason: options.reason ?? null,
      count,
      userIds
    });
  }
  return {
    exitCode: exitCodeOf(end),
    data: { ...showRun(end), ...(protectedBy && { protectedBy }), count, sample, ...estimate(connection, plan) },
    lines: formatPlan(connection, plan, sample),
    next: chooseNext(options, count)
  };
}

function chooseNext(options: ProgramOptions, count: number): NextCommand {
  if (count === 0) return { command: 'status' };
  const { out } = options;
  // The plan says already who is locked.
  return out === undefined
    ? { command: 'apply', options: repeatOptions(options) }
    : { command: 'apply', operands: [out], options: pick(options, 'direct') };
}
