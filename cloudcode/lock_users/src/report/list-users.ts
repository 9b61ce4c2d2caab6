import { InvariantError } from '../errors';
import { cleanText, MAX_DETAIL_BYTES, MAX_NAME_BYTES } from '../outside-text';
import { MAX_USERS_IN_REPORT } from '../users/outcomes';
import type { OutcomeCounts, PlanCounts, SkippedUser } from '../users/outcomes';
import type { Roster } from '../users/Roster';
import type { Reason } from '../users/UserState';
import { fitList } from './fit-list';
import type { Report } from './Report';

/** Bytes as JSON of all users that a report names. Ours: with everything else, and the names of a hundred, it stays under 1 MB. */
const MAX_USERS_BYTES = 930_000;

/** Those of them for users whose sessions turned RESET. Ours: three thousand ids and more, and nothing is more urgent. */
const MAX_RESET_BYTES = 150_000;

/** Those of them for failures, where users that stay locked are named, too. Ours. */
const MAX_FAILURES_BYTES = 500_000;

/** Why a user is not unlocked whom the rule of the deployment keeps out. */
const STAYS_OUT: Reason = {
  type: 'STAYS_OUT',
  detail: 'The user matches LOCK_USERS_STAY_OUT_WHERE, and is not unlocked by this task.'
};

/** What the lists are made of. */
export type ListedRoster = Pick<
  Roster,
  'goal' | 'isComplete' | 'listFailures' | 'listTurnedReset' | 'listSkipped' | 'listOutside' | 'listKeptOut'
>;

type UserLists = Pick<Report, 'failures' | 'failuresOmitted' | 'stillLocked' | 'resetSessions'>;

/**
 * The users that a report names: as many as fit, 10 000 of a kind at most, and the number of the others.
 *
 * @param resetEarlier sessions that turned `RESET` in earlier invocations
 * @throws InvariantError where a failure is counted and not listed
 */
export function listUsers(
  roster: ListedRoster | undefined,
  counts: OutcomeCounts & Pick<PlanCounts, 'skipped'>,
  resetEarlier: number,
  { isUndo, stayingOut }: { readonly isUndo: boolean; readonly stayingOut: ReadonlySet<string> | undefined }
): UserLists {
  const turned = roster?.listTurnedReset() ?? new Map<string, number>();
  const resetCount = [...turned.values()].reduce((sum, count) => sum + count, resetEarlier);
  const resetIds = [...turned.keys()].slice(0, MAX_USERS_IN_REPORT).map(cleanId);
  const reset = fitList(resetIds, MAX_RESET_BYTES);
  const userIdsOmitted = turned.size - reset.kept.length;

  const failed = (roster?.listFailures(MAX_USERS_IN_REPORT) ?? []).map(cleanUser);
  const failedCount = counts.failed + counts.unconfirmed;
  if (failed.length < Math.min(failedCount, MAX_USERS_IN_REPORT)) {
    throw new InvariantError(`${failed.length} failures are listed: ${JSON.stringify(counts)}.`);
  }
  const locked = roster && listStillLocked(roster, counts.skipped, stayingOut ?? new Set(), isUndo);
  const left = MAX_USERS_BYTES - reset.bytes;
  const { kept: failures, bytes } = fitList(failed, locked === undefined ? left : MAX_FAILURES_BYTES);
  const failuresOmitted = failedCount - failures.length;

  const still = fitList(locked?.users ?? [], left - bytes);

  return {
    ...(locked !== undefined && { stillLocked: { count: locked.count, users: still.kept } }),
    failures,
    ...(failuresOmitted > 0 && { failuresOmitted }),
    ...(resetCount > 0 && {
      resetSessions: { count: resetCount, userIds: reset.kept, ...(userIdsOmitted > 0 && { userIdsOmitted }) }
    })
  };
}

/** Undefined where nothing is said of them. */
function listStillLocked(
  roster: ListedRoster,
  skipped: number,
  stayingOut: ReadonlySet<string>,
  isUndo: boolean
): { readonly count: number; readonly users: readonly SkippedUser[] } | undefined {
  const keptOut = roster.listKeptOut(stayingOut);
  const isAllKnown = isUndo && roster.isComplete;
  if (!isAllKnown && keptOut.length === 0) return undefined;
  const users = keptOut.slice(0, MAX_USERS_IN_REPORT).map((userId): SkippedUser => ({ userId, ...STAYS_OUT }));
  if (!isAllKnown) return { count: keptOut.length, users: users.map(cleanUser) };
  const outside = roster.listOutside();
  users.push(...roster.listSkipped(MAX_USERS_IN_REPORT - users.length));
  for (const userId of outside.slice(0, MAX_USERS_IN_REPORT - users.length)) {
    const reason = roster.goal.explainOther?.(userId);
    if (reason !== undefined) users.push({ userId, ...reason });
  }
  return { count: keptOut.length + skipped + outside.length, users: users.map(cleanUser) };
}

/** Ids are as the platform gave them until here, because requests need them so. */
function cleanId(userId: string): string {
  return cleanText(userId, MAX_NAME_BYTES);
}

function cleanUser<T extends SkippedUser>(user: T): T {
  const { userId, type, detail } = user;
  return {
    ...user,
    userId: cleanId(userId),
    type: cleanText(type, MAX_NAME_BYTES),
    detail: cleanText(detail, MAX_DETAIL_BYTES)
  };
}
