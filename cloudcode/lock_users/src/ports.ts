import type { Selection } from './input/where';
import type { BatchRecord, RecordStatus, RunRecord } from './records/RunRecord';
import type { UserOperation } from './requests/lock-batch';
import type { UserState } from './users/UserState';

/** What `info.json` says; null where it says nothing. */
export interface DeploymentInfo {
  readonly label: string | null;
  readonly environment: string | null;
  /** The backend's clock, from the answer's `Date` header, to the second. */
  readonly serverTimeMs: number | null;
}

/** A page of `GET users`. */
export interface UserStatePage {
  readonly users: readonly UserState[];
  /** Entries of the page that name no user, so that nothing can be done about them. */
  readonly malformed: number;
  /** Whether there are users after these. */
  readonly more: boolean;
  /** Whether the page came out of a cache (header `Age`), so that it may show what was so before. */
  readonly isCached: boolean;
}

/**
 * What a 2xx answer to a request about one user says: `done`, or `unclear` where its body is an error or a page of HTML. What
 * the platform answers is published nowhere; an empty body counts as done.
 */
export type SingleResponse = 'done' | 'unclear';

/**
 * The Backend API v4 of one deployment.
 * Every call makes one request, waits `timeoutMs` for its answer at most, and throws a LockUsersError (`BACKEND_…`,
 * `UNKNOWN_DEPLOYMENT`, `WRONG_ADDRESS`, `NO_USERS_API`) where it gets no usable answer. Nothing is repeated at this level.
 */
export interface BackendApi {
  /** `GET info.json`. */
  readDeployment(timeoutMs: number): Promise<DeploymentInfo>;
  /** `GET datamodel.json`: names of the relations (`belongs-to`) of a model; undefined where it does not say them. */
  readRelations(model: string, timeoutMs: number): Promise<readonly string[] | undefined>;
  /** `GET users?limit&skip`. The platform may return fewer users than asked for. */
  readUserStates(limit: number, skip: number, timeoutMs: number): Promise<UserStatePage>;
  /** `GET users/<id>`; undefined where the platform says that there is no such user. */
  readUserState(userId: string, timeoutMs: number): Promise<UserState | undefined>;
  /**
   * `POST objects/<model>/query.json`: display texts of objects by id, escaped and cut, of those of the ids that are there and have one;
   * a database that ignores the filter may add others.
   */
  readNames(model: string, userIds: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, string>>;
  /** `POST users/<id>/unlock`. */
  unlockUser(userId: string, timeoutMs: number): Promise<SingleResponse>;
  /** `POST users/<id>/sessions/<id>/re-authenticate`: signs the session out. */
  reauthenticateSession(userId: string, sessionId: string, timeoutMs: number): Promise<SingleResponse>;
  /** `POST batch.json`, after proving that the body wipes nothing. Returns the parsed answer, of whatever shape. */
  postBatch(operations: readonly UserOperation[], timeoutMs: number): Promise<unknown>;
}

/** A page of the users in the app database. */
export interface UserIdPage {
  readonly userIds: readonly string[];
  /** Objects of the page without a usable id. */
  readonly malformed: number;
}

/** The app database, as far as it says who the users are. */
export interface UserSource {
  /**
   * Ids of the selected users from `skip` on, at most `limit`, by ascending id; empty where there are no more.
   * Throws a LockUsersError (`DATABASE_…`) where they cannot be read within `timeoutMs`.
   */
  readUserIds(selection: Selection, limit: number, skip: number, timeoutMs: number): Promise<UserIdPage>;
  /** Names of the relations (`belongs-to`) of the user model; undefined where the database does not describe it. */
  listRelations(): readonly string[] | undefined;
}

/**
 * Which runs are looked for: those with that run id (or object id), one object, those that stand there, those that began at a moment
 * or later, or those whose users are to be let in then or later.
 */
export type RunQuery =
  | { readonly runId: string }
  | { readonly objectId: string }
  | { readonly statuses: readonly RecordStatus[] }
  | { readonly startedSinceMs: number }
  | { readonly unlockAtFromMs: number };

/** A field of the record that the data model lacks. */
export interface MissingField {
  readonly name: string;
  /** Whether the record would not be true without it. */
  readonly isNeeded: boolean;
}

/**
 * The records of runs in the app's own database. A record is changed in place and then saved.
 * What reads or saves throws a LockUsersError (`RECORD_FAILED`) where that does not succeed within `timeoutMs`.
 */
export interface RecordStore {
  /** Fields that the app's two models lack, such as `lock_run.version`: they are an older copy, or were changed. */
  listMissingFields(): readonly MissingField[];
  /** A run's record that is in no database yet. */
  newRun(): RunRecord;
  /** A batch's record that is in no database yet. */
  newBatch(runRecordId: string): BatchRecord;
  findRuns(query: RunQuery, timeoutMs: number): Promise<readonly RunRecord[]>;
  /**
   * Batches of a run, and those of any run that were sent at `sinceMs` or later (default: none), from `skip` on, at most
   * `limit`, by ascending id; empty where there are no more.
   */
  readBatches(
    wanted: { readonly runRecordId: string; readonly sinceMs?: number },
    limit: number,
    skip: number,
    timeoutMs: number
  ): Promise<readonly BatchRecord[]>;
  /** Runs that ended before then and still have their batches by their records, `limit` of them at most, the oldest first. */
  findWithBatches(beforeMs: number, limit: number, timeoutMs: number): Promise<readonly RunRecord[]>;
  /** Deletes the batches in one request; one that is gone already is no error. */
  deleteBatches(batches: readonly BatchRecord[], timeoutMs: number): Promise<void>;
  /**
   * Saves the records in one request; saving them again after a failure does no harm. What a failed save may yet write over is saved
   * once more.
   */
  save(records: readonly (RunRecord | BatchRecord)[], timeoutMs: number): Promise<void>;
  /** Saves only what has changed in a run's record: should this come late, it does not say again that the run is at work. */
  saveChanges(run: RunRecord, timeoutMs: number): Promise<void>;
  /** Whether a save of the record has failed that may be carried out yet. */
  isInDoubt(record: RunRecord | BatchRecord): boolean;
}

/** The time, so that no other code has a clock of its own. */
export interface Clock {
  /** Milliseconds since 1970, for what is written down. It may be set forwards or backwards at any time. */
  nowMs(): number;
  /** Milliseconds since some moment, for durations. It never jumps, and means nothing to another process. */
  monotonicMs(): number;
  /** Resolves after so many milliseconds, or as soon as the signal is aborted. */
  sleep(waitMs: number, signal?: AbortSignal): Promise<void>;
}

/** Where the next invocation of a run is scheduled. */
export interface InvocationQueue {
  /** What the queue is called: the name of the task. */
  readonly name: string;
  /** Schedules an invocation of this task with these parameters, not before `afterMs` milliseconds from now. */
  schedule(parameters: Readonly<Record<string, unknown>>, afterMs: number): Promise<void>;
  /**
   * Schedules an invocation of this task at a moment, on a queue of its own: whether an order that is far ahead holds back those that
   * come after it on the same queue is documented nowhere.
   *
   * @param atMs milliseconds since 1970
   */
  scheduleAt(parameters: Readonly<Record<string, unknown>>, atMs: number): Promise<void>;
}

/** Where the lines go that a person reads while the task runs. */
export interface Log {
  line(text: string): void;
}

/** Everything outside that a run needs. */
export interface Ports {
  readonly backend: BackendApi;
  readonly userSource: UserSource;
  /** Undefined where the app's data model has no models for it. */
  readonly records: RecordStore | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined where the platform has none; a run that runs out of time then says what is left. */
  readonly queue: InvocationQueue | undefined;
  /** A number from 0 to 1, each time another. */
  readonly random: () => number;
  /** Makes a new run id, unique for ever: letters, digits, `-` and `_`. */
  readonly newRunId: () => string;
}
