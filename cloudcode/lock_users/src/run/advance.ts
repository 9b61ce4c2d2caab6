import { ACTIONS } from '../actions/actions';
import type { Beginning } from '../actions/Action';
import { isReading } from '../actions/ActionLabels';
import { BatchUnlock } from '../actions/BatchUnlock';
import type { ResolvedGoal } from '../actions/Goal';
import type { ErrorDetails } from '../errors';
import { setUnlockAt } from '../input/fix-unlock-at';
import { beginRun } from '../records/begin-run';
import { EarlierBatches } from '../records/EarlierBatches';
import { warnOfOverdueRuns } from '../records/find-unlock-runs';
import { RunRecorder } from '../records/RunRecorder';
import type { RunRecord } from '../records/RunRecord';
import type { Ports } from '../ports';
import { logDeployment, logRun } from '../report/log-run';
import type { Deployment } from '../report/Report';
import { Canary } from '../users/Canary';
import { Roster } from '../users/Roster';
import type { ActiveRun, RuleMatches } from './ActiveRun';
import { checkWhere } from './check-where';
import { checkOrder } from './check-order';
import { checkUnlockAt } from './check-unlock-at';
import { checkWindow } from './check-window';
import { lookAtUsers } from './look-at-users';
import { readRules } from './read-rules';
import { reconcile } from './reconcile';
import { resolveLast } from './resolve-last';
import type { RunContext } from './RunContext';
import { UnlockOrder } from './UnlockOrder';

/** Milliseconds by which the backend's clock differs at least before that counts. Ours. */
const MIN_CLOCK_DIFFERENCE_MS = 2000;

/** Milliseconds by which it differs at most. Ours: machines that set their clocks by the network differ by less than a second. */
const MAX_CLOCK_DIFFERENCE_MS = 300_000;

/**
 * Milliseconds by which the time of a session may be before the run began all the same: both clocks may be off by
 * `MIN_CLOCK_DIFFERENCE_MS` unnoticed, and the platform's times are cut to the second.
 */
const RESET_TOLERANCE_MS = 3000;

/** What an invocation has found out; the report is made of it, however the invocation ends. */
export interface Progress {
  deployment: Deployment;
  /** Whether the run's record was looked for. */
  hasBegun: boolean;
  record?: RunRecord | undefined;
  /** Whether the run was killed and is not carried out, so that nobody knows what came of it. */
  isPastUnknown?: boolean;
  run?: ActiveRun;
  verified: boolean;
  /** What the invocation is about, once its record has said when its users are to be let in. */
  context: RunContext;
  /** Whether an invocation of the run has begun before, by its record. */
  hasBegunBefore: boolean;
  /** Why it was not allowed to start sending, or that there was nothing to send. */
  refusal?: ErrorDetails | undefined;
}

/** Brings the selected users to the goal state as far as it can, and keeps what it finds out in `progress`. */
export async function advance(asked: RunContext, progress: Progress): Promise<void> {
  const { settings, ports, sender } = asked;
  logRun(ports.log, asked);
  progress.refusal = await checkOrder(asked);
  if (progress.refusal !== undefined) return;
  const { serverTimeMs, ...named } = await sender.read('info', (timeoutMs) => ports.backend.readDeployment(timeoutMs));
  const clockAheadMs = compareClocks(serverTimeMs, ports);
  progress.deployment = { ...progress.deployment, ...named };
  logDeployment(ports.log, progress.deployment, asked.parameters, settings.authScheme);

  const found = await resolveLast(asked);
  if ('refusal' in found) {
    progress.refusal = found.refusal;
    return;
  }
  progress.context = found;
  const { parameters } = found;

  progress.hasBegun = true;
  const { record, stop, hasBegun = false, isPastUnknown = false } = await beginRun(found);
  progress.record = record;
  progress.isPastUnknown = isPastUnknown;
  progress.refusal = stop;
  if (stop !== undefined) return;
  progress.hasBegunBefore = hasBegun;
  const context = hasBegun && record !== undefined ? takeUnlockAt(found, record) : found;
  progress.context = context;
  const isFirst = context.invocation === 1 && !isReading(parameters.action);
  if (isFirst && ports.records !== undefined) await warnOfOverdueRuns(context, ports.records);
  progress.refusal =
    checkUnlockAt(context, hasBegun) ?? checkWindow(context, record?.startedAtMs) ?? (await checkWhere(context));
  if (progress.refusal !== undefined) return;
  const rules = await readRules(context);
  if ('refusal' in rules) {
    progress.refusal = rules.refusal;
    return;
  }

  const resolved = await ACTIONS[parameters.action].resolve(context, { record, clockAheadMs });
  if ('refusal' in resolved) {
    progress.refusal = resolved.refusal;
    return;
  }
  progress.run = await activate(context, { ...resolved, ...rules }, { record, hasBegun, clockAheadMs });
  if (isReading(parameters.action)) {
    progress.refusal = await lookAtUsers(progress.run);
    return;
  }
  const { verified, refusal } = await reconcile(progress.run);
  progress.verified = verified;
  progress.refusal = refusal;
}

/** The context with the moment that an earlier invocation has fixed, or without one where somebody has taken it out of the record. */
function takeUnlockAt(context: RunContext, { unlockAtMs }: RunRecord): RunContext {
  if (context.unlockAtMs === undefined || unlockAtMs === context.unlockAtMs) return context;
  if (unlockAtMs === null) return { ...context, unlockAtMs: undefined };
  return { ...context, unlockAtMs, parameters: setUnlockAt(context.parameters, unlockAtMs) };
}

async function activate(
  context: RunContext,
  resolved: ResolvedGoal & RuleMatches,
  { record, hasBegun, clockAheadMs }: Beginning & { readonly hasBegun: boolean }
): Promise<ActiveRun> {
  const { settings, parameters, ports, invocation } = context;
  const { records } = ports;
  const protectedIds = ACTIONS[parameters.action].respectsProtection ? settings.protectedIds : [];
  const isNew = invocation === 1 && !hasBegun;
  // Without a record nobody knows whom an earlier invocation has sent, if it has sent anybody.
  const { done, unconfirmed } = parameters.continuation ?? { done: 0, unconfirmed: 0 };
  const isWhole = isNew || record !== undefined || done + unconfirmed === 0;
  const isProtected = new Set([...protectedIds, ...resolved.protectedByRule]);
  const isExcluded = new Set([...parameters.excludeUserIds, ...resolved.stayingOut]);
  const beganAtMs = (record?.startedAtMs ?? context.startedAtMs) + clockAheadMs - RESET_TOLERANCE_MS;
  const roster = new Roster(resolved.goal, isProtected, isExcluded, isWhole, isNew ? Infinity : beganAtMs);
  // What a copied object says of it was found by another run.
  if (isNew && record !== undefined) Object.assign(record, { canary: null, batchUnlock: null });
  const wasPassed = record?.canary === 'passed' || parameters.continuation?.canaryPassed === true;
  const size = parameters.action === 'lock' ? parameters.canary : 0;
  const canary = new Canary(size, settings.canaryIds ?? [], wasPassed);
  const batchUnlock = new BatchUnlock(parameters.continuation?.batchUnlock, record);
  if (record === undefined || records === undefined) {
    return { ...context, ...resolved, roster, canary, recorder: undefined, batchUnlock, unlockOrder: undefined, isNew };
  }
  const earlier = isNew ? undefined : await EarlierBatches.load(context, records, record.id, roster);
  const recorder = new RunRecorder(context, records, record, roster, earlier);
  const { unlockAtMs } = context;
  const unlockOrder = unlockAtMs === undefined ? undefined : new UnlockOrder(context, records, record, unlockAtMs);
  return { ...context, ...resolved, roster, canary, recorder, batchUnlock, unlockOrder, isNew };
}

/**
 * By how many milliseconds the backend's clock is ahead. What it says is cut to the second and was on its way, so two seconds
 * are no difference. What is more than five minutes off is a mistake of something on the way, and no clock.
 */
function compareClocks(serverTimeMs: number | null, { clock, log }: Pick<Ports, 'clock' | 'log'>): number {
  const nowMs = clock.nowMs();
  const aheadMs = (serverTimeMs ?? nowMs) - nowMs;
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return Math.abs(aheadMs) <= MIN_CLOCK_DIFFERENCE_MS ? 0 : aheadMs;
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  log.line(
    `The clock of the backend is ${seconds} s ${direction} this one, by its "Date" header; that is not believed.`
  );
  return 0;
}
