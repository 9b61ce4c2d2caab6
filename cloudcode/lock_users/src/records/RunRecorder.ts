import chunk = require('lodash/chunk');
import { ACTION_LABELS } from '../actions/action-labels';
import type { ActionLabels } from '../actions/action-labels';
import { BACKOFF_BASE_MS, CLOSING_TIMEOUT_MS, MAX_RECORDS_PER_SAVE, PROGRESS_INTERVAL_MS } from '../platform-facts';
import type { Roster } from '../users/Roster';
import type { BatchRecord, RunRecord } from './RunRecord';
import type { Clock, Log, RecordStore } from '../ports';
import type { RequestSender } from '../requests/RequestSender';

/** What recording a run needs. */
export interface RecorderParts {
  readonly records: RecordStore;
  readonly run: RunRecord;
  readonly roster: Roster;
  readonly sender: RequestSender;
  readonly clock: Clock;
  readonly log: Log;
}

/** A batch that was announced. */
export interface AnnouncedBatch {
  readonly id: string;
  readonly users: readonly number[];
  /** Undefined once its outcome is saved, because the ids of all users take much memory. */
  record: BatchRecord | undefined;
  /** What was saved of those who are not where the run wants them. */
  notDone: string | undefined;
}

const CLOSING_ATTEMPTS = 3;

/**
 * Writes down each batch before it is sent and again when its outcome is known, so that of a run that was killed at any
 * moment the record names everybody who may be changed, and says of nobody that they are when nothing says so.
 *
 * While one save is under way, or waits for its turn, the next ones gather and are saved with one request.
 */
export class RunRecorder {
  private readonly batches: AnnouncedBatch[] = [];
  private unsaved: AnnouncedBatch[] = [];
  /** Wakes those who wait for their batch to be written down. */
  private readonly waiting = new Map<AnnouncedBatch, () => void>();
  private saving: Promise<void> = Promise.resolve();
  private isSaving = false;
  private isBroken = false;
  private progressAtMs: number;
  /** Users whom earlier invocations of the run brought where it wants them, as its record has it. */
  readonly doneBefore: number;

  constructor(private readonly parts: RecorderParts) {
    this.progressAtMs = parts.clock.nowMs();
    this.doneBefore = parts.run[this.doneName] ?? 0;
  }

  private get doneName(): ActionLabels['done'] {
    return ACTION_LABELS[this.parts.roster.goal.action].done;
  }

  /** Writes down who is about to be sent. Resolves when that is in the database, or is known not to get there. */
  async recordIntent(users: readonly number[]): Promise<AnnouncedBatch> {
    const { records, run, roster, clock } = this.parts;
    const record = records.newBatch(run.id);
    const userIds = JSON.stringify(users.map((user) => roster.idOf(user)));
    const number = this.batches.length + 1;
    const { action } = roster.goal;
    const { runId } = run;
    Object.assign(record, { runId, action, number, state: 'sent', sentAtMs: clock.nowMs(), userIds });
    const batch: AnnouncedBatch = { id: record.id, users, record, notDone: undefined };
    this.batches.push(batch);
    const written = new Promise<void>((resolve) => this.waiting.set(batch, resolve));
    this.add(batch);
    await written;
    return batch;
  }

  /** Writes down what came of it, with what is written down next. */
  recordOutcome(batch: AnnouncedBatch): void {
    this.describe(batch);
    this.add(batch);
  }

  /**
   * Writes down what is known at the end: the batches that are not written yet or were corrected since, and the run.
   * What cannot be written is told in the log.
   */
  async close(ending: Partial<RunRecord>): Promise<void> {
    const { records, run, log } = this.parts;
    await this.saving;
    for (const batch of this.batches) if (batch.record !== undefined) this.describe(batch);
    const corrected = this.batches.filter(
      (batch) => batch.record === undefined && batch.notDone !== this.listNotDone(batch)
    );
    try {
      for (const part of chunk(corrected, MAX_RECORDS_PER_SAVE)) {
        const found = await this.insist((timeoutMs) =>
          records.findBatches(
            part.map(({ id }) => id),
            timeoutMs
          )
        );
        for (const batch of part) {
          batch.record = found.find(({ id }) => id === batch.id);
          this.describe(batch);
        }
      }
      const left = this.batches.flatMap(({ record }) => record ?? []);
      Object.assign(run, ending);
      for (const part of chunk([...left, run], MAX_RECORDS_PER_SAVE)) {
        await this.insist((timeoutMs) => records.save(part, timeoutMs));
      }
    } catch (error) {
      log.line(`${describe(error)} What it says may be incomplete; this report is not.`);
    }
  }

  private add(batch: AnnouncedBatch): void {
    if (!this.unsaved.includes(batch)) this.unsaved.push(batch);
    // Nobody waits for an outcome to be written down, so it goes with the next announcements.
    if (!this.waiting.has(batch) && this.unsaved.length < MAX_RECORDS_PER_SAVE) return;
    if (this.isSaving) return;
    this.isSaving = true;
    this.saving = this.saveAll();
  }

  private async saveAll(): Promise<void> {
    const { records, sender, log } = this.parts;
    while (this.unsaved.length > 0 && !this.isBroken && sender.stop === undefined) {
      const part: AnnouncedBatch[] = [];
      let answered: AnnouncedBatch[] = [];
      const result = await sender.send({
        ...{ kind: 'record', operations: 0, attemptsBefore: 0 },
        // What has gathered while the request waited for its turn goes with it.
        attempt: (timeoutMs) => {
          part.push(...this.unsaved.splice(0, MAX_RECORDS_PER_SAVE - part.length));
          // A batch may be settled while its announcement is being saved.
          answered = part.filter(({ record }) => record?.state === 'answered');
          return records.save([...part.flatMap(({ record }) => record ?? []), ...this.noteProgress()], timeoutMs);
        }
      });
      if (result.kind === 'answered') for (const batch of answered) batch.record = undefined;
      else if (sender.stop === undefined) {
        this.isBroken = true;
        log.line(`${result.error.message} The run goes on; its record is written at the end.`);
      }
      for (const batch of part) this.wake(batch);
    }
    for (const batch of this.unsaved.splice(0)) this.wake(batch);
    // In the same turn as the last look at what is unsaved, so that nothing is added unseen.
    this.isSaving = false;
  }

  private wake(batch: AnnouncedBatch): void {
    this.waiting.get(batch)?.();
    this.waiting.delete(batch);
  }

  /** The run, where its progress is to be shown again. */
  private noteProgress(): RunRecord[] {
    const { run, roster, clock } = this.parts;
    const nowMs = clock.nowMs();
    if (nowMs - this.progressAtMs < PROGRESS_INTERVAL_MS) return [];
    this.progressAtMs = nowMs;
    const { done, failed, unconfirmed } = roster.countOutcomes();
    Object.assign(run, { [this.doneName]: this.doneBefore + done, failed, unconfirmed });
    return [run];
  }

  private describe(batch: AnnouncedBatch): void {
    const { roster, clock } = this.parts;
    const notDone = roster.listNotDone(batch.users);
    batch.notDone = JSON.stringify(notDone);
    if (batch.record === undefined) return;
    Object.assign(batch.record, {
      ...{ state: 'answered', done: batch.users.length - notDone.length, notDone: batch.notDone },
      answeredAtMs: batch.record.answeredAtMs ?? clock.nowMs()
    });
  }

  private listNotDone({ users }: AnnouncedBatch): string {
    return JSON.stringify(this.parts.roster.listNotDone(users));
  }

  /** Makes a request that is not held back by the end of the budget. */
  private async insist<T>(attempt: (timeoutMs: number) => Promise<T>): Promise<T> {
    const { sender, clock } = this.parts;
    for (let count = 1; ; count++) {
      sender.requests.record++;
      try {
        return await attempt(CLOSING_TIMEOUT_MS);
      } catch (error) {
        if (count === CLOSING_ATTEMPTS) throw error;
        await clock.sleep(BACKOFF_BASE_MS);
      }
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
