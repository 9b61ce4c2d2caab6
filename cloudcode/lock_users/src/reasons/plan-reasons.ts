import { ACTION_LABELS } from '../actions/ActionLabels';
import type { ActionName } from '../actions/ActionLabels';
import type { ErrorDetails } from '../errors';
import type { CanaryUser } from '../users/Canary';
import { countUsers, stopReason } from './stop-reason';

// Why a plan is not sent, or not all of it: the people whom it is about, and what is seen of them.

/** Users that a sentence names. Ours. */
const MAX_NAMED = 20;

/** A deployment that is not armed changes nobody. */
export function notArmed(): ErrorDetails {
  return stopReason('NOT_ARMED', 'This deployment is not armed, so the task only plans here.');
}

/**
 * A lock run does not begin outside its window.
 *
 * @param name what a sentence calls the window
 * @param time what the clock there showed when the run began
 */
export function outsideWindow(name: string, window: string, time: string): ErrorDetails {
  return stopReason(
    'OUTSIDE_WINDOW',
    `A lock run begins only within ${name}, ${window}. This one began at ${time} there.`
  );
}

/** A plan that is too large is not sent. */
export function tooManyUsers(action: ActionName, planned: number, maxUsers: number): ErrorDetails {
  const message = `The run would ${ACTION_LABELS[action].verb} ${countUsers(planned)}, and at most ${maxUsers} are allowed.`;
  return stopReason('TOO_MANY_USERS', message);
}

/** There is nobody to do anything about. @param userIds the ids that were asked for, if any */
export function nobodySelected(userIds: readonly string[] | undefined): ErrorDetails {
  return stopReason(
    'NOBODY_SELECTED',
    userIds === undefined ? 'Nobody is selected.' : `Of the ${countUsers(userIds.length)} in "userIds" none exists.`
  );
}

/** A query for users names a relation, which would select the wrong people. @param name how the query is called */
export function relationInWhere(
  code: 'INVALID_PARAMETERS' | 'INVALID_SETTINGS',
  name: string,
  relation: string
): ErrorDetails {
  return stopReason(
    code,
    `${name} names the relation "${relation}", and a query takes an object for it, not an id.`,
    `Write "${relation}_id" with the id of the object${code === 'INVALID_SETTINGS' ? ', save, deploy' : ''}, and run the task again.`
  );
}

/** Nobody matches the rule that says who is protected: it is probably wrong. */
export function nobodyProtected(): ErrorDetails {
  return stopReason('NOBODY_PROTECTED', 'Nobody matches LOCK_USERS_PROTECTED_WHERE, so it would protect nobody.');
}

/** Nobody of those who are to be left alone exists: whoever was meant would be changed. */
export function nobodyExcluded(excludeUserIds: readonly string[]): ErrorDetails {
  return stopReason(
    'NOBODY_EXCLUDED',
    `Of the ${countUsers(excludeUserIds.length)} in "excludeUserIds" none exists: ${excludeUserIds.slice(0, 5).join(', ')}.`
  );
}

/** What was seen of users that were sent first is no reason to send the others. */
export function canaryFailed(users: readonly CanaryUser[]): ErrorDetails {
  const isReset = users.some(({ seen }) => seen === 'reset');
  const seen = users.slice(0, MAX_NAMED).map((user) => `${user.userId} ${user.seen}`);
  const named = `${seen.join(', ')}${users.length > MAX_NAMED ? ', …' : ''}`;
  return stopReason(
    'CANARY_FAILED',
    isReset
      ? `ALARM: a lock turned sessions RESET although it said "wipe": false. Of the ${countUsers(users.length)} sent first was seen: ${named}. The others were not sent.`
      : `None of the ${countUsers(users.length)} sent first is shown locked: ${named}. The others were not sent.`
  );
}

/** Sessions of users whom the run has sent turned `RESET`. */
export function sessionsReset(action: ActionName, userIds: readonly string[]): ErrorDetails {
  const named = `${userIds.slice(0, MAX_NAMED).join(', ')}${userIds.length > MAX_NAMED ? ', …' : ''}`;
  return stopReason(
    'SESSIONS_RESET',
    `ALARM: sessions of ${countUsers(userIds.length)} whom this run was to ${ACTION_LABELS[action].verb} turned RESET, so that their devices wipe their data: ${named}. The run stopped.`
  );
}
