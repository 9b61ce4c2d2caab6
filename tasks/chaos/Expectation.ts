import type { ActionName } from '../../cloudcode/lock_users/src/actions/ActionLabels';
import type { UserRecord } from '../local/backend/state/Session';

/** What a run of a scenario should bring about, described without any code of the task. */
export interface Expectation {
  readonly action: ActionName;
  /** What the task is triggered with. */
  readonly parameters: object;
  /** How many users the run selects, if it can read everything. */
  readonly selected: number;
  /** Ids of the users that it should change. It must leave all others as they are. */
  readonly eligible: readonly string[];
  /** Ids of users who signed in again after the run had signed them out. */
  readonly returned: ReadonlySet<string>;
  /** Whether a user is as the run should leave it. */
  isInGoalState(user: UserRecord): boolean;
  /** Happens between two invocations of the run. */
  meanwhile?(): void;
  /** Happens between the run and the next one; returns the ids of eligible users that the next run must not change. */
  afterwards?(): readonly string[];
}
