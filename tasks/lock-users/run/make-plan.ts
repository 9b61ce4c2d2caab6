import omit from 'lodash/omit';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import type { Settings } from '../../../cloudcode/lock_users/src/input/settings';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import type { Connection } from '../connect';
import { formatTable } from '../format-table';
import type { Invocation } from '../Invocation';
import type { RunParameters } from './build-parameters';
import { carryOut } from './carry-out';
import type { LocalPlan } from './plan-here';
import { planHere } from './plan-here';
import { readReport, splitName } from './RunEnd';
import type { RunEnd } from './RunEnd';

/** What would be done. */
export interface MadePlan {
  /** The plan of the deployed task, which knows the variables in OXIDE; with `--direct` that of this machine. */
  readonly end: RunEnd;
  /** How many users would be changed. */
  readonly count: number;
  /** The plan of this machine, which knows who they are; undefined where nobody has to know. */
  readonly local: LocalPlan | undefined;
}

/**
 * Plans a run.
 *
 * @param needsPeople whether somebody has to know who is in the plan
 * @throws as `carryOut`
 */
export async function makePlan(
  connection: Connection,
  invocation: Invocation,
  parameters: RunParameters,
  needsPeople: boolean
): Promise<MadePlan> {
  const isDirect = invocation.options.direct === true;
  const local = isDirect || needsPeople ? await planHere(connection, parameters) : undefined;
  const end =
    isDirect && local !== undefined
      ? readReport(local.report)
      : await planThere(connection, withoutReport(invocation), parameters);
  // Somebody who stopped watching the plan wants nothing more.
  invocation.io.signal.throwIfAborted();
  return { end, count: end.counts['planned'] ?? 0, local };
}

async function planThere(connection: Connection, invocation: Invocation, parameters: RunParameters): Promise<RunEnd> {
  const wanted = { parameters: { ...parameters, dryRun: true }, total: undefined };
  const { end, kind, trouble } = await carryOut(connection, invocation, wanted);
  // A plan that was not seen to its end is none.
  if (kind === 'left' && trouble !== undefined) throw trouble;
  return end;
}

/** What says how fast requests may leave. */
interface Paced {
  readonly settings: Pick<Settings, 'pace'>;
}

/** Requests and seconds that the plan needs at the pace of the settings. */
export function estimate({ settings }: Paced, { count, end }: MadePlan): { requests: number; seconds: number } {
  const { rate, burst } = settings.pace;
  const pages = Math.max(1, Math.ceil((end.counts['selected'] ?? 0) / 1000));
  const sends = end.action === 'lock' ? Math.ceil(count / 1000) : count;
  const saves = 2 * Math.max(1, Math.ceil(count / (end.action === 'lock' ? 1000 : 100)));
  // The ids, the states, and the states again.
  const requests = 3 * pages + sends + saves;
  return { requests, seconds: Math.ceil(Math.max(1, (requests - burst) / rate)) };
}

/** The plan for a terminal. @param names of some of those who would be changed */
export function formatPlan(connection: Paced, plan: MadePlan, names: readonly string[]): string[] {
  const { count, end } = plan;
  const { participle } = ACTION_LABELS[end.action as keyof typeof ACTION_LABELS];
  const counts = Object.entries(end.counts).filter(([name]) => !OUTCOMES.includes(name) && name !== 'planned');
  const rows = [
    ...counts.flatMap(([name, number]) => formatCount(name, number, end.report?.protectedBy)),
    [`would be ${participle}`, String(count)]
  ];
  const { requests, seconds } = estimate(connection, plan);
  const { rate, burst } = connection.settings.pace;
  return [
    ...formatTable(rows),
    ...(names.length > 0 ? [`For example: ${names.join(', ')}`] : []),
    `About ${requests} requests and ${seconds} s, at ${rate} requests/s and a burst of ${burst}.`,
    ...(end.report?.warnings ?? []).map(({ code, message }) => `Warning ${code}: ${message}`)
  ];
}

/** The row of a count; two of the protected, where it is known what protects them. An older task does not say. */
function formatCount(name: string, count: number, protectedBy: Report['protectedBy']): string[][] {
  if (name !== 'protected' || protectedBy === undefined) return [[splitName(name), String(count)]];
  return [
    ['protected by id', String(protectedBy.id)],
    ['protected by rule', String(protectedBy.rule)]
  ];
}

const OUTCOMES: readonly string[] = ['locked', 'unlocked', 'reauthenticated', 'failed', 'unconfirmed', 'notAttempted'];

/** A plan has nothing for the file of `--report`. */
function withoutReport(invocation: Invocation): Invocation {
  const options = omit(invocation.options, 'report');
  return { ...invocation, options };
}
