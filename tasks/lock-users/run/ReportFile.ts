import chunk from 'lodash/chunk';
import { parseNotDone, parseUserIds } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { BatchRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { Clock, RecordStore } from '../../../cloudcode/lock_users/src/ports';
import { ACTION_LABELS } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import type { ActionName } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { PAGE_SIZE } from '../../../cloudcode/lock_users/src/platform-facts';
import { UsageError } from '../../shared/command-errors';
import { replaceFile } from '../../shared/replace-file';
import type { Connection } from '../connect';
import { readObjects } from '../read-objects';
import type { LocalPlan } from './plan-here';

/** A user in the file. */
interface Row {
  readonly userId: string;
  readonly name: string;
  readonly outcome: string;
  readonly detail: string;
}

/** Times the time that a reading of the batches took until they are read again, so that reading stays a small part of the work. */
const REST_FACTOR = 10;

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
      throw new UsageError(`--report ${path} cannot be written: ${(error as Error).message}.`);
    }
    file.names = await readNames(
      connection,
      plan.places.map(({ userId }) => userId)
    );
    return file;
  }

  /** Writes what is known of a run that is under way, now and then. */
  async update(runRecordId: string, clock: Pick<Clock, 'monotonicMs'>): Promise<void> {
    const startedAtMs = clock.monotonicMs();
    if (startedAtMs < this.nextReadAtMs) return;
    this.write(this.toRows(await this.readOutcomes(runRecordId), false));
    const endedAtMs = clock.monotonicMs();
    this.nextReadAtMs = endedAtMs + REST_FACTOR * (endedAtMs - startedAtMs);
  }

  /** Writes everybody. @param runRecordId of the run; undefined: there was nobody to change, and so no run */
  async finish(runRecordId: string | undefined): Promise<void> {
    this.write(this.toRows(await this.readOutcomes(runRecordId), true));
  }

  private toRows(outcomes: ReadonlyMap<string, Omit<Row, 'userId' | 'name'>>, isOver: boolean): Row[] {
    const { already } = ACTION_LABELS[this.plan.report.action];
    const rest = { already: toSnakeCase(already), planned: 'not_attempted', skipped: 'left_alone', gone: 'not_there' };
    const planned = new Set(this.plan.places.map(({ userId }) => userId));
    // Who came to be selected after the plan was made.
    const others = [...outcomes.keys()].filter((userId) => !planned.has(userId));
    const places = [...this.plan.places, ...others.map((userId) => ({ userId, place: 'planned' as const }))];
    return places.flatMap(({ userId, place }) => {
      const known = outcomes.get(userId);
      if (known === undefined && !isOver) return [];
      const outcome = place === 'protected' || place === 'excluded' ? place : rest[place];
      return [{ userId, name: this.names.get(userId) ?? '', ...(known ?? { outcome, detail: '' }) }];
    });
  }

  private async readOutcomes(runRecordId: string | undefined): Promise<Map<string, Omit<Row, 'userId' | 'name'>>> {
    const outcomes = new Map<string, Omit<Row, 'userId' | 'name'>>();
    const { records } = this;
    if (records === undefined || runRecordId === undefined) return outcomes;
    for (let skip = 0; ;) {
      const page = await this.connection
        .openContext()
        .sender.read('record', (timeoutMs) => records.readBatches({ runRecordId }, PAGE_SIZE, skip, timeoutMs));
      for (const batch of page) if (batch.state === 'answered') addOutcomes(outcomes, batch, this.plan.report.action);
      if (page.length === 0) return outcomes;
      skip += page.length;
    }
  }

  private write(rows: readonly Row[]): void {
    const text = /\.json$/i.test(this.path) ? `${JSON.stringify(rows, null, 2)}\n` : toCsv(rows);
    replaceFile(this.path, text);
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

function addOutcomes(
  outcomes: Map<string, Omit<Row, 'userId' | 'name'>>,
  batch: BatchRecord,
  action: ActionName
): void {
  for (const userId of parseUserIds(batch)) outcomes.set(userId, { outcome: ACTION_LABELS[action].done, detail: '' });
  for (const { userId, outcome, type, detail } of parseNotDone(batch)) {
    const text = [type, detail].filter((part) => part !== undefined).join(': ');
    outcomes.set(userId, {
      outcome: outcome === 'already' ? toSnakeCase(ACTION_LABELS[action].already) : outcome,
      detail: text
    });
  }
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
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
