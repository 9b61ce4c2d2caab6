import { READ_LAG_MS } from '../platform-facts';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import type { Roster } from '../users/Roster';
import type { Reason } from '../users/UserState';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import { parseNotDone, parseUserIds } from './RunRecord';
import type { BatchRecord, NotDone } from './RunRecord';

/** Batch records read with one request at most, of a run that sends users one by one, whose records are a tenth as large. */
const MAX_SMALL_RECORDS_PER_READ = 200;

const CUT_OFF: Reason = {
  type: 'INTERRUPTED',
  detail: 'The invocation ended before it wrote down what came of this user.'
};

/**
 * What the earlier invocations of a run have written down. A user whose answer they lost, and whom this one finds in the goal
 * state, was brought there by the run.
 */
export class EarlierBatches {
  /** The users of each batch that may have been changed, and whose outcome the record does not know. */
  private readonly uncertain = new Map<string, readonly number[]>();

  private constructor(private readonly roster: Roster) {}

  /**
   * Reads the batches of the run, and notes in the roster whom it has changed already, or may have.
   *
   * @throws LockUsersError `RECORD_FAILED` where they cannot be read
   */
  static async load(
    { sender, settings, parameters, ports }: RunContext,
    records: RecordStore,
    runRecordId: string,
    roster: Roster
  ): Promise<EarlierBatches> {
    const earlier = new EarlierBatches(roster);
    const isInBatches = parameters.action === 'lock' || settings.batchUnlock === 'try';
    const limit = isInBatches ? MAX_RECORDS_PER_READ : MAX_SMALL_RECORDS_PER_READ;
    await readBatches(
      (most, skip) => sender.read('record', (timeoutMs) => records.readBatches({ runRecordId }, most, skip, timeoutMs)),
      limit,
      (batch) => earlier.add(batch, ports.clock.nowMs())
    );
    return earlier;
  }

  /** Ids of the batches that are known better now. */
  listCorrected(): string[] {
    return [...this.uncertain].flatMap(([id, users]) => (users.some((user) => this.roster.isThere(user)) ? [id] : []));
  }

  /** Writes into the record of a batch what is known now. @throws LockUsersError `RECORD_FAILED` where it holds no users */
  correct(record: BatchRecord): void {
    const users = this.uncertain.get(record.id) ?? [];
    const there = new Set(users.filter((user) => this.roster.isThere(user)).map((user) => this.roster.idOf(user)));
    const notDone = listNotDone(record).filter(({ userId }) => !there.has(userId));
    Object.assign(record, {
      state: 'answered',
      done: parseUserIds(record).length - notDone.length,
      notDone: JSON.stringify(notDone)
    });
  }

  private add(batch: BatchRecord, nowMs: number): void {
    const isRecent = Math.abs(nowMs - (batch.answeredAtMs ?? batch.sentAtMs ?? 0)) < READ_LAG_MS;
    const notDone = new Map(listNotDone(batch).map(({ userId, outcome }) => [userId, outcome]));
    const uncertain: number[] = [];
    for (const userId of parseUserIds(batch)) {
      const outcome = notDone.get(userId);
      if (outcome === undefined) this.roster.addEarlier(userId, 'done', isRecent);
      else if (outcome === 'unconfirmed') uncertain.push(this.roster.addEarlier(userId, 'maybe', isRecent));
    }
    if (uncertain.length > 0) this.uncertain.set(batch.id, uncertain);
  }
}

/** The users of a batch that are not known to be in the goal state: everybody where its invocation was killed. */
function listNotDone(batch: BatchRecord): readonly NotDone[] {
  if (batch.state === 'answered') return parseNotDone(batch);
  return parseUserIds(batch).map((userId) => ({ userId, outcome: 'unconfirmed', ...CUT_OFF }));
}
