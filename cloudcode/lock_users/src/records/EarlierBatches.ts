import chunk = require('lodash/chunk');
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import type { Roster } from '../users/Roster';
import type { Reason } from '../users/UserState';
import { parseNotDone, parseUserIds } from './RunRecord';
import type { BatchRecord, NotDone } from './RunRecord';

/** Batch records of a lock read with one request at most: about 1 MB. Ours. */
const MAX_RECORDS_PER_READ = 20;

/** The same of an action that sends users one by one, whose records are a tenth as large. */
const MAX_SMALL_RECORDS_PER_READ = 200;

const CUT_OFF: Reason = {
  type: 'INTERRUPTED',
  detail: 'The invocation ended before it wrote down what came of this user.'
};

/** A batch whose outcome an earlier invocation did not learn, in part or at all. */
interface UncertainBatch {
  readonly id: string;
  /** The users that may have been changed. */
  readonly users: readonly number[];
}

/**
 * What the earlier invocations of a run have written down. A user whose answer they lost, and whom this one finds in the goal
 * state, was brought there by the run.
 */
export class EarlierBatches {
  private readonly uncertain: UncertainBatch[] = [];
  private done = 0;

  private constructor(private readonly roster: Roster) {}

  /**
   * Reads the batches of the run, and notes in the roster whom it may have changed already.
   *
   * @throws LockUsersError `RECORD_FAILED` where they cannot be read
   */
  static async load(
    { sender, parameters }: RunContext,
    records: RecordStore,
    runRecordId: string,
    roster: Roster
  ): Promise<EarlierBatches> {
    const earlier = new EarlierBatches(roster);
    const limit = parameters.action === 'lock' ? MAX_RECORDS_PER_READ : MAX_SMALL_RECORDS_PER_READ;
    for (let skip = 0; ; skip += limit) {
      const page = await sender.read('record', (timeoutMs) =>
        records.readBatches({ runRecordId }, limit, skip, timeoutMs)
      );
      for (const batch of page) earlier.add(batch);
      if (page.length < limit) return earlier;
    }
  }

  /** How many users the earlier invocations brought to the goal state, as far as it is known now. */
  countDone(): number {
    return this.uncertain.reduce(
      (sum, { users }) => sum + users.filter((user) => this.roster.isThere(user)).length,
      this.done
    );
  }

  /** The records of batches that are known better now, corrected. @throws LockUsersError where they cannot be read */
  async readCorrected(
    find: (ids: readonly string[]) => Promise<readonly BatchRecord[]>
  ): Promise<readonly BatchRecord[]> {
    const known = this.uncertain.filter(({ users }) => users.some((user) => this.roster.isThere(user)));
    const corrected: BatchRecord[] = [];
    for (const part of chunk(known, MAX_RECORDS_PER_READ)) {
      const found = await find(part.map(({ id }) => id));
      for (const { id, users } of part) {
        const record = found.find((one) => one.id === id);
        if (record !== undefined) corrected.push(this.correct(record, users));
      }
    }
    return corrected;
  }

  private add(batch: BatchRecord): void {
    const users = listUncertain(batch).map((userId) => this.roster.addTouched(userId));
    if (users.length > 0) this.uncertain.push({ id: batch.id, users });
    if (batch.state === 'answered') this.done += batch.done ?? 0;
  }

  private correct(record: BatchRecord, users: readonly number[]): BatchRecord {
    const there = new Set(users.filter((user) => this.roster.isThere(user)).map((user) => this.roster.idOf(user)));
    const before: NotDone[] =
      record.state === 'answered'
        ? parseNotDone(record)
        : parseUserIds(record).map((userId) => ({ userId, outcome: 'unconfirmed', ...CUT_OFF }));
    const notDone = before.filter(({ userId }) => !there.has(userId));
    return Object.assign(record, {
      state: 'answered',
      done: parseUserIds(record).length - notDone.length,
      notDone: JSON.stringify(notDone)
    });
  }
}

/** Users of a batch that may have been changed, and whose outcome is not known. */
function listUncertain(batch: BatchRecord): readonly string[] {
  if (batch.state !== 'answered') return parseUserIds(batch);
  return parseNotDone(batch).flatMap(({ userId, outcome }) => (outcome === 'unconfirmed' ? [userId] : []));
}
