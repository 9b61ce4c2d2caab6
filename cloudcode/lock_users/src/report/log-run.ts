import { ACTION_LABELS } from '../actions/ActionLabels';
import type { Parameters } from '../input/parameters';
import type { Settings } from '../input/settings';
import { cleanText, MAX_MESSAGE_BYTES, quoteText } from '../outside-text';
import type { Log } from '../ports';
import type { RunContext } from '../run/RunContext';
import { countUsers } from '../reasons/stop-reason';
import type { PlanCounts } from '../users/outcomes';
import { VERSION } from '../version';
import type { Deployment, ProtectedCounts } from './Report';

/** Which run this is, and whom the webhook lets in if it is on. */
export function logRun(
  log: Log,
  {
    runId,
    invocation,
    settings,
    ports,
    parameters
  }: Pick<RunContext, 'runId' | 'invocation' | 'settings' | 'ports' | 'parameters'>
): void {
  log.line(`lock_users ${VERSION}, run ${runId}${invocation === 1 ? '' : `, invocation ${invocation}`}`);
  logDefaults(log, settings.defaults, parameters);
  if (!settings.webhook || ports.records === undefined) return;
  log.line(
    'The webhook is on (LOCK_USERS_WEBHOOK): whoever may create an object of lock_run, on a device too, may start a run. Data rules have to keep app users from it.'
  );
}

/** Which parameters apply, where the deployment has some for runs that are started without any. */
function logDefaults(
  log: Log,
  defaults: Parameters | undefined,
  { areDefaults = false, continuation, notBefore }: Parameters
): void {
  if (defaults === undefined || continuation !== undefined || notBefore !== undefined) return;
  log.line(
    areDefaults
      ? `Started without parameters: those of LOCK_USERS_DEFAULTS apply: ${cleanText(JSON.stringify(defaults.rawParameters), MAX_MESSAGE_BYTES)}`
      : 'Started with parameters of its own: those of LOCK_USERS_DEFAULTS do not apply.'
  );
}

/** Which deployment it is, and who requested the run. */
export function logDeployment(
  log: Log,
  deployment: Deployment,
  { reason, requestedBy }: Pick<Parameters, 'reason' | 'requestedBy'>,
  authScheme: Settings['authScheme']
): void {
  const { label, environment, backendId } = deployment;
  log.line(`Deployment: ${label ?? 'without a label'} (${environment ?? 'environment unknown'}), backend ${backendId}`);
  const source =
    authScheme === 'Token' ? 'the CloudCode runtime (this.backend)' : 'JOURNEY_BACKEND_URL, JOURNEY_API_TOKEN';
  log.line(`Address and token from ${source}`);
  if (reason !== undefined) log.line(`Reason: ${quoteText(reason, MAX_MESSAGE_BYTES)}`);
  if (requestedBy !== undefined) log.line(`Requested by: ${quoteText(requestedBy, MAX_MESSAGE_BYTES)}`);
}

/**
 * What the run is about to do, or has begun to do: sending starts before the last users are read.
 *
 * @param sessions how many sessions it is about, where it is about sessions
 */
export function logPlan(
  log: Log,
  { action, onlyEnrolled, undo }: Pick<Parameters, 'action' | 'onlyEnrolled' | 'undo'>,
  counts: PlanCounts,
  sessions: number | undefined,
  dryRun: boolean
): void {
  const { alreadyText, participle, verb, keepsData } = ACTION_LABELS[action];
  const left = [
    `${counts.protected} protected`,
    `${counts.excluded} excluded`,
    `${counts.already} ${alreadyText}`,
    ...(onlyEnrolled ? [`${counts.skipped} not in the app`] : []),
    ...(undo !== undefined ? [`${counts.skipped} locked again since`] : []),
    ...(counts.gone > 0 ? [`${counts.gone} no longer there`] : [])
  ];
  log.line(`Selected: ${countUsers(counts.selected)} (${left.join(', ')})`);
  const planned = countUsers(counts.planned);
  const users =
    sessions === undefined ? planned : `${planned} (${sessions} ${sessions === 1 ? 'session' : 'sessions'})`;
  const kept = keepsData ? ', the data on their devices kept' : '';
  log.line(
    dryRun
      ? `Plan: ${users} would be ${participle}${kept}. Dry run: nothing is sent.`
      : `Plan: ${verb} ${users}${keepsData ? ' and keep the data on their devices' : ''}`
  );
}

/**
 * How many of the selected users are protected, and by what; aloud where nobody is.
 *
 * @param isConfigured whether the deployment says who is protected
 */
export function logProtection(log: Log, { id, rule }: ProtectedCounts, isConfigured: boolean): void {
  if (id + rule > 0) log.line(`Protected: ${countUsers(id)} by id, ${rule} by rule.`);
  else if (isConfigured) log.line('Nobody is protected of those who are selected.');
  else log.line('Nobody is protected: neither LOCK_USERS_PROTECTED nor LOCK_USERS_PROTECTED_WHERE is set.');
}

/** How many of the selected users the rule of the deployment keeps out. */
export function logStayingOut(log: Log, count: number): void {
  log.line(`Staying out by LOCK_USERS_STAY_OUT_WHERE: ${countUsers(count)}, counted as excluded.`);
}
