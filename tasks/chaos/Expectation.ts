import type { Action } from '../../cloudcode/lock_users/src/core/vocabulary';
import type { UserRecord } from '../local/backend/state/Session';

/** What a run of a scenario is to bring about, said without any code of the task. */
export interface Expectation {
  readonly action: Action;
  /** What the task is triggered with. */
  readonly parameters: object;
  /** How many users the run selects, where it can read everything. */
  readonly selected: number;
  /** Ids of the users whom it is to change. Everybody else is to be left alone. */
  readonly eligible: readonly string[];
  /** Ids of users who signed in again after the run had signed them out. */
  readonly returned: ReadonlySet<string>;
  isThere(user: UserRecord): boolean;
  /** Happens between two invocations of the run. */
  meanwhile?(): void;
  /** Happens after the run, before the next one; returns the ids of eligible users who are to be left alone from then on. */
  afterwards?(): readonly string[];
}
