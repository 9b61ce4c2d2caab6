import type { ActionLabels, ActionName } from '../actions/ActionLabels';
import type { UsersChanged } from '../describe-error';
import type { ErrorCode } from '../error-catalogue';
import type { CanaryResult, CanaryUser } from '../users/Canary';
import type { Failure, OutcomeCounts, PlanCounts, SkippedUser } from '../users/outcomes';
import type { SessionCounts } from '../users/SessionLedger';
import type { Whereabouts } from '../users/WhoIsOut';

/**
 * How an invocation ended: `planned`: it was a dry run. `done`: every planned user is in the goal state.
 * `continues`: its time was used up, and the next invocation is scheduled. `partial`: some users may be there, some are not
 * known to be. `refused`: it was not allowed to start sending. `queued`: it is scheduled on the queue, and nothing was done
 * here. `stopped`: somebody has asked it to stop. `stalled`: the run has gone on for several invocations and gave up. `failed`:
 * nobody was changed.
 */
export type RunStatus =
  'planned' | 'done' | 'continues' | 'partial' | 'refused' | 'queued' | 'stopped' | 'stalled' | 'failed';

/** Which backend deployment a run worked on, as its `info.json` names it; null where the platform gives no name. */
export interface Deployment {
  readonly label: string | null;
  readonly environment: string | null;
  readonly backendId: string;
}

/** What a warning is about. */
export type WarningCode =
  /** The list of the app's users kept shifting while it was read. Somebody may be missing. */
  | 'SELECTION_UNSTABLE'
  /** Ids that were configured or asked for are not users of this deployment. */
  | 'UNKNOWN_IDS'
  /** Users are in the app and not in the app database, so that "everybody" does not select them. */
  | 'NOT_IN_DATABASE'
  /** The users API does not show selected users. A lock is sent to them all the same. */
  | 'NOT_LISTED'
  /** The users API or the app database shows entries without a usable id. */
  | 'MALFORMED_USERS'
  /** The users API answers out of a cache. */
  | 'CACHED_READS'
  /** Users that were sent first are locked, and a session of theirs is still in the app. */
  | 'CANARY_SIGNED_IN'
  /** The models of the record are an older copy, so that the record says less. */
  | 'OLD_RECORD_MODELS'
  /** An earlier run was to be undone by now, and no run has undone it. */
  | 'UNLOCK_OVERDUE'
  /** Nobody matches the rule that says who stays out: nobody has left, or the rule is wrong. */
  | 'NOBODY_STAYS_OUT'
  /** The data model cannot be read, so that a relation in `where` would not be noticed. */
  | 'RELATIONS_UNKNOWN';

/** Display texts of users, by id. */
export type Names = Readonly<Record<string, string>>;

/** Where a user is whom a status names. */
export interface WhoIsOutUser {
  readonly userId: string;
  /** Display text of the user, where it was read. */
  readonly name?: string;
  readonly state: Whereabouts;
  /** Of an unlocked user: whether they are in the app. */
  readonly inApp?: boolean;
  /** When a device of theirs was last seen, as ISO 8601; with `notSeenSince` one that was not seen since. Null where nothing says so. */
  readonly lastConnectedAt: string | null;
}

/** Something that a person should look at although the run went on. */
export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  /** Display texts of users whom the message names, by id. */
  readonly names?: Names;
}

/** Why an invocation did less than it could, or nothing. */
export interface StopReason {
  readonly code: ErrorCode;
  /** One line: what happened, whether any user was changed, and what to do next. */
  readonly message: string;
  readonly usersChanged: UsersChanged;
  readonly nextStep: string;
}

/** The counts of a report and of a run's record, under the names that they have for the run's action. */
export interface Counts
  extends Pick<PlanCounts, 'selected' | 'protected' | 'excluded' | 'planned'>, Omit<OutcomeCounts, 'done'> {
  readonly alreadyLocked?: number;
  readonly alreadyUnlocked?: number;
  /** Users without a session that the run would have to sign out. */
  readonly alreadySignedOut?: number;
  /** Users left alone by `onlyEnrolled`, because they are not in the app. */
  readonly notEnrolled?: number;
  /** Users that the undone run locked, and that somebody else has locked again since. */
  readonly lockedAgain?: number;
  /** Users that the undone run locked, and that the users API no longer lists. */
  readonly notShown?: number;
  readonly locked?: number;
  readonly unlocked?: number;
  readonly reauthenticated?: number;
}

/** The protected users of a run. Their sum is `protected`. */
export interface ProtectedCounts {
  /** Named in `LOCK_USERS_PROTECTED`. */
  readonly id: number;
  /** Matched by `LOCK_USERS_PROTECTED_WHERE`, and not named. */
  readonly rule: number;
}

/**
 * Requests as they left, by what they were for; `database` counts the page reads asked of `DB`, `record` what was read
 * and saved of the run's record before the report was made.
 */
export interface RequestCounts {
  /** `info`, `database`, `users`, `batch`, `single` and `record` together. */
  readonly total: number;
  readonly info: number;
  readonly database: number;
  readonly users: number;
  readonly batch: number;
  /** Requests that change one user or one session. */
  readonly single: number;
  readonly record: number;
  /** Those of `total` that repeat one that failed. */
  readonly retried: number;
  /** Those of `total` that were answered with 429. */
  readonly rateLimited: number;
}

/**
 * What the task returns, about one invocation: less than 1 MB as JSON, with texts from outside escaped and cut. `selected` is the sum of the counts up to `planned`, and `planned` the sum of
 * those after it.
 */
export interface Report {
  /** The version of the task. */
  readonly version: string;
  readonly runId: string;
  readonly action: ActionName;
  /** When the users are to be let back in, as ISO 8601. */
  readonly unlockAt?: string;
  /** The undo that the run has ordered for then. */
  readonly unlockRunId?: string;
  /** The run that this one undoes, if it does. */
  readonly undoes?: string;
  readonly status: RunStatus;
  readonly dryRun: boolean;
  /** Which invocation of the run this was, from 1. */
  readonly invocation: number;
  /** Whether the users API was read after the last sending. If not, the outcomes rest on the answers alone. */
  readonly verified: boolean;
  /** The caller's own words. */
  readonly reason?: string;
  readonly deployment: Deployment;
  readonly counts: Counts;
  /** What protects the users that are counted as `protected`, where there are any. */
  readonly protectedBy?: ProtectedCounts;
  /** With `reauthenticate`: the sessions that this invocation found in the app, of planned users, and how many are signed out. */
  readonly sessions?: SessionCounts;
  /**
   * Users that are locked and stay so: where a run is undone, because that run did not lock them or somebody else has done so
   * since; with each unlock, because `LOCK_USERS_STAY_OUT_WHERE` keeps them out. As many of them are named as fit, 10 000 at most.
   */
  readonly stillLocked?: { readonly count: number; readonly users: readonly SkippedUser[] };
  /**
   * With `status`, where everybody was read: how many of the selected users are where. The first four add up to `selected`; `inApp`
   * are those of `unlocked` who are in the app, with `run` those who are in again.
   */
  readonly whoIsOut?: Readonly<Record<Whereabouts | 'inApp', number>> & {
    /** The run whose users these are. */
    readonly run?: string;
    /** At most 100: first those who may be in although they are locked, last those who are out. */
    readonly users: readonly WhoIsOutUser[];
    /** How many users are not named. */
    readonly usersOmitted?: number;
  };
  /**
   * What earlier invocations of the run did, by the answers they got; those users are `already…` in this one. Without a record, where
   * a warning says that somebody may have been missed, a user who was sent twice counts twice.
   */
  readonly earlier?: Readonly<Partial<Record<ActionLabels['done'], number>>>;
  /** Users that failed or are unconfirmed, as many as fit, 10 000 at most. Users that were not attempted are only counted. */
  readonly failures: readonly Failure[];
  /** How many of them `failures` does not name. */
  readonly failuresOmitted?: number;
  /** The users that this invocation sent before all others, and what it saw of them; 20 are named at most. */
  readonly canary?: {
    readonly result: CanaryResult;
    readonly count: number;
    readonly users: readonly CanaryUser[];
  };
  /** Sessions that turned `RESET` during the run, which no operation of this task asks for; the users where known. */
  readonly resetSessions?: {
    readonly count: number;
    /** As many as fit. */
    readonly userIds: readonly string[];
    /** How many users are known and not named. */
    readonly userIdsOmitted?: number;
    readonly names?: Names;
  };
  /** What a person should look at although the run went on. */
  readonly warnings?: readonly Warning[];
  readonly requests: RequestCounts;
  readonly durationMs: number;
  readonly stopReason?: StopReason;
  /** What comes next, whatever the ending: how to let people back in, what to wait for, or that no action is needed. */
  readonly nextStep: string;
}
