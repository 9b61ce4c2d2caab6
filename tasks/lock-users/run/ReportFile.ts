import chunk from 'lodash/chunk';
import { MAX_RECORDS_PER_READ, readBatches } from '../../../cloudcode/lock_users/src/records/read-batches';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { Clock, RecordStore } from '../../../cloudcode/lock_users/src/ports';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { PAGE_SIZE } from '../../../cloudcode/lock_users/src/platform-facts';
import { UsageError } from '../../shared/command-errors';
import { countNoun } from '../../shared/count-noun';
import { replaceFile } from '../../shared/replace-file';
import type { Connection } from '../connect';
import { FileError } from '../exit-codes';
import { readObjects } from '../read-objects';
import { collectOutcomes, countKnown, toSnakeCase } from './collect-outcomes';
import type { UserOutcome } from './collect-outcomes';
import type { LocalPlan } from './plan-here';

/** A user in the file. */
interface Row extends UserOutcome {
  readonly userId: string;
  readonly name: string;
}

/** A run that is over. */
export interface FinishedRun {
  /** Id of its object; undefined where there is none. */
  readonly recordId: string | undefined;
  /** How many users it says it has brought to the goal state. */
  readonly changed: number;
}

/** Times the time that a reading of the batches took until they are read again, so that reading stays a small part of the work. */
const REST_FACTOR = 10;

/** Milliseconds until batches are read once more that are fewer than they must be. */
const ASK_AGAIN_MS = 2000;

const NOT_SHOWN: UserOutcome = { outcome: 'unconfirmed', detail: 'The records of the run do not show this user.' };

/**
 * The file of `--report`: a row for each selected user. During the run it has those whose outcome is known. It is replaced as a whole,
 * so that it is whole whenever this process is killed.
 */
export class ReportFile {
  private nextReadAtMs = 0;
  private names: ReadonlyMap<string, string> = new Map();

  private constructor(
    private readonly path: string,
    private readonly connection: Connection,
    private readonly records: RecordStore | undefined,
    private readonly plan: LocalPlan
  ) {}

  /**
   * Prepares the file, and reads what the users are called.
   *
   * @throws UsageError where it cannot be written
   */
  static async open(path: string, connection: Connection, plan: LocalPlan): Promise<ReportFile> {
    const file = new ReportFile(path, connection, connection.records, plan);
    try {
      file.write([]);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
    file.names = await readNames(
      connection,
      plan.places.map(({ userId }) => userId)
    );
    return file;
  }

  /** Writes what is known of a run that is under way, now and then. @throws as `finish` */
  async update(runRecordId: string, clock: Pick<Clock, 'monotonicMs'>): Promise<void> {
    const startedAtMs = clock.monotonicMs();
    if (startedAtMs < this.nextReadAtMs) return;
    this.write(this.toRows(await this.readOutcomes(runRecordId, false), false));
    const endedAtMs = clock.monotonicMs();
    this.nextReadAtMs = endedAtMs + REST_FACTOR * (endedAtMs - startedAtMs);
  }

  /**
   * Writes everybody.
   *
   * @param run undefined: there was nobody to change, and so no run
   * @throws FileError where it cannot be written, or the batches name fewer users than the run has changed: an empty answer may be an error
   * @throws LockUsersError where they cannot be read
   */
  async finish(run: FinishedRun | undefined, clock: Pick<Clock, 'sleep'>): Promise<void> {
    const { changed } = run ?? { changed: 0 };
    let outcomes = await this.readOutcomes(run?.recordId, true);
    if (countKnown(outcomes) < changed) {
      await clock.sleep(ASK_AGAIN_MS);
      outcomes = await this.readOutcomes(run?.recordId, true);
    }
    const known = countKnown(outcomes);
    this.write(this.toRows(outcomes, true, known < changed ? NOT_SHOWN : undefined));
    if (known >= changed) return;
    throw new FileError(
      `--report ${this.path} is not whole: the run has changed ${countNoun(changed, 'user')}, and its batches show ${known}. Those who are missing are "unconfirmed" there; look with "lock-users status".`
    );
  }

  /** @param missing what becomes of those of whom nothing is known; default: nobody has come to them */
  private toRows(outcomes: ReadonlyMap<string, UserOutcome>, isOver: boolean, missing?: UserOutcome): Row[] {
    const { already } = ACTION_LABELS[this.plan.report.action];
    const rest = { already: toSnakeCase(already), planned: 'not_attempted', skipped: 'left_alone', gone: 'not_there' };
    const planned = new Set(this.plan.places.map(({ userId }) => userId));
    // Who came to be selected after the plan was made.
    const others = [...outcomes.keys()].filter((userId) => !planned.has(userId));
    const places = [...this.plan.places, ...others.map((userId) => ({ userId, place: 'planned' as const }))];
    return places.flatMap(({ userId, place }) => {
      const known = outcomes.get(userId) ?? (place === 'planned' && isOver ? missing : undefined);
      if (known === undefined && !isOver) return [];
      const outcome = place === 'protected' || place === 'excluded' ? place : rest[place];
      return [{ userId, name: this.names.get(userId) ?? '', ...(known ?? { outcome, detail: '' }) }];
    });
  }

  private async readOutcomes(runRecordId: string | undefined, isOver: boolean): Promise<Map<string, UserOutcome>> {
    const { records } = this;
    const batches: BatchRecord[] = [];
    if (records !== undefined && runRecordId !== undefined) {
      const { sender } = this.connection.openContext();
      await readBatches(
        (limit, skip) =>
          sender.read('record', (timeoutMs) => records.readBatches({ runRecordId }, limit, skip, timeoutMs)),
        MAX_RECORDS_PER_READ,
        (batch) => batches.push(batch)
      );
    }
    return collectOutcomes(batches, this.plan.report.action, isOver);
  }

  private write(rows: readonly Row[]): void {
    const text = /\.json$/i.test(this.path) ? `${JSON.stringify(rows, null, 2)}\n` : toCsv(rows);
    try {
      replaceFile(this.path, text);
    } catch (error) {
      throw new FileError(`--report ${this.path} cannot be written: ${(error as Error).message}.`);
    }
  }
}

/** @throws UsageError where the name of a report is neither CSV nor JSON */
export function checkReportName(path: string): void {
  if (!/\.(csv|json)$/i.test(path)) throw new UsageError(`--report ${path}: name a file that ends in .csv or .json.`);
}

/** The display texts of users by their ids. @throws LockUsersError where they cannot be read */
export async function readNames(connection: Connection, userIds: readonly string[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const users = connection.db[connection.settings.userModel];
  if (users === undefined) return names;
  for (const ids of chunk(userIds, PAGE_SIZE)) {
    for (const user of await readObjects(connection, users.where('id in ?', ids))) names.set(user.id, user.toString());
  }
  return names;
}

/** CSV after RFC 4180. What a spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV Injection"). */
function toCsv(rows: readonly Row[]): string {
  const lines = rows.map(({ userId, name, outcome, detail }) => [userId, name, outcome, detail]);
  return [['user_id', 'name', 'outcome', 'detail'], ...lines]
    .map((cells) => `${cells.map(quote).join(',')}\r\n`)
    .join('');
}

function quote(cell: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
