import { InvariantError } from '../errors';
import { cleanText, MAX_DETAIL_BYTES, MAX_NAME_BYTES } from '../outside-text';
import { MAX_USERS_IN_REPORT } from '../users/outcomes';
import type { OutcomeCounts, PlanCounts, SkippedUser } from '../users/outcomes';
import type { Roster } from '../users/Roster';
import { fitList } from './fit-list';
import type { Report } from './Report';

/** Bytes as JSON of all users that a report names. Ours: with everything else a report stays under 1 MB. */
const MAX_USERS_BYTES = 950_000;

/** Those of them for users whose sessions turned RESET. Ours: three thousand ids and more, and nothing is more urgent. */
const MAX_RESET_BYTES = 150_000;

/** Those of them for failures, where users that stay locked are named, too. Ours. */
const MAX_FAILURES_BYTES = 500_000;

/** What the lists are made of. */
export type ListedRoster = Pick<
  Roster,
  'goal' | 'isComplete' | 'listFailures' | 'listTurnedReset' | 'listSkipped' | 'listOutside'
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
  isUndo: boolean
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
  const left = MAX_USERS_BYTES - reset.bytes;
  const { kept: failures, bytes } = fitList(failed, isUndo ? MAX_FAILURES_BYTES : left);
  const failuresOmitted = failedCount - failures.length;

  const locked = isUndo && roster?.isComplete === true ? listStillLocked(roster, counts.skipped) : undefined;
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

function listStillLocked(roster: ListedRoster, skipped: number): { count: number; users: SkippedUser[] } {
  const outside = roster.listOutside();
  const users = roster.listSkipped(MAX_USERS_IN_REPORT);
  for (const userId of outside.slice(0, MAX_USERS_IN_REPORT - users.length)) {
    const reason = roster.goal.explainOther?.(userId);
    if (reason !== undefined) users.push({ userId, ...reason });
  }
  return { count: skipped + outside.length, users: users.map(cleanUser) };
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
