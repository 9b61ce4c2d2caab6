import { lockGoal } from '../../cloudcode/lock_users/src/actions/lock';
import type { OperationResult } from '../../cloudcode/lock_users/src/requests/match-results';
import { Roster } from '../../cloudcode/lock_users/src/users/Roster';
import { shownUser } from './shown-user';
import { userIds } from './user-id';

/** The goal of planRoster. */
export const GOAL = lockGoal(false);

/** Why an operation came to nothing. */
export const REASON = { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' };

/** The operation was carried out. */
export const DONE: OperationResult = { kind: 'done' };
/** It was not, because of REASON. */
export const FAILED: OperationResult = { kind: 'failed', reason: REASON };
/** It was refused, because of REASON. */
export const REFUSED: OperationResult = { kind: 'refused', reason: REASON };
/** Nobody knows, because of REASON. */
export const UNCONFIRMED: OperationResult = { kind: 'unconfirmed', reason: REASON };

/** A roster with planned users, numbered from 0. */
export function planRoster(count: number): Roster {
  const roster = new Roster(GOAL, new Set(), new Set());
  for (const [n, id] of userIds(count).entries()) {
    roster.select(id);
    roster.observe(shownUser(n));
  }
  return roster;
}
