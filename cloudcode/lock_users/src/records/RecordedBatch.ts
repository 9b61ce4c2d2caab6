import type { RecordStore } from '../ports';
import type { Roster } from '../users/Roster';
import { fingerprint } from './fingerprint';
import type { BatchRecord } from './RunRecord';

/** The fingerprint of a list of nobody. */
const NOBODY = fingerprint('[]');

/** A batch that was written down before it is sent. */
export class RecordedBatch {
  readonly id: string;

  /** Whether its outcome was saved, as far as the answer tells. */
  isSaved = false;

  /** The fingerprint of the users that are not in the goal state: with many failures the lists take much memory. */
  private notDone: string | undefined;

  private known: BatchRecord | undefined;

  constructor(
    record: BatchRecord,
    readonly users: Uint32Array
  ) {
    this.id = record.id;
    this.known = record;
  }

  /** Undefined once it is saved for good. */
  get record(): BatchRecord | undefined {
    return this.known;
  }

  /** Whether it is known of somebody that they are not in the goal state. */
  get hasSomebodyLeft(): boolean {
    return this.notDone !== undefined && this.notDone !== NOBODY;
  }

  /** Whether the outcome that was noted last is still what the roster says. */
  isUpToDate(roster: Roster): boolean {
    return this.notDone === fingerprint(JSON.stringify(roster.listNotDone(this.users)));
  }

  /** Writes what is known of the users into the record. @param record in place of one that was forgotten */
  noteOutcome(roster: Roster, nowMs: number, record = this.known): void {
    const users = roster.listNotDone(this.users);
    const notDone = JSON.stringify(users);
    const before = this.notDone;
    this.notDone = fingerprint(notDone);
    if (this.notDone !== before) this.isSaved = false;
    if (record === undefined) return;
    const done = this.users.length - users.length;
    Object.assign(record, { state: 'answered', done, notDone, answeredAtMs: record.answeredAtMs ?? nowMs });
  }

  /**
   * The outcome is saved. The record is let go, because the ids of all users take much memory; but not where an earlier save may be carried
   * out yet: then it is saved once more at the end.
   */
  noteSaved(records: RecordStore): void {
    this.isSaved = true;
    if (this.known !== undefined && !records.isInDoubt(this.known)) this.known = undefined;
  }
}
