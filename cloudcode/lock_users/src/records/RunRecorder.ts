import { ACTION_LABELS } from '../actions/ActionLabels';
import type { RecordStore } from '../ports';
import type { RunContext } from '../run/RunContext';
import type { CanaryResult } from '../users/Canary';
import type { Roster } from '../users/Roster';
import { countFitting } from './cut-saves';
import type { EarlierBatches } from './EarlierBatches';
import { MAX_RECORDS_PER_READ, readBatches } from './read-batches';
import type { BatchRecord, RunRecord } from './RunRecord';
import { RecordedBatch } from './RecordedBatch';
import { saveLast } from './save-last';
import { insist, logIncomplete, RUN_SAVE_MS } from './save-run';

/** Outcomes that gather before they are saved without an intent. Ours. */
const MAX_UNSAVED = 20;

/** Milliseconds between two updates of a run's progress in its record. Ours. */
const PROGRESS_INTERVAL_MS = 5000;

/**
 * Saves each batch before it is sent and again when its outcome is known. So the record of a run that was killed at any
 * moment names every user that may be changed, and claims no change without evidence.
 *
 * While one save is in progress, or waits for its turn, further batches gather and are saved with one request.
 */
export class RunRecorder {
  private readonly batches: RecordedBatch[] = [];
  private unsaved: RecordedBatch[] = [];
  /** Continues each `recordIntent` that waits for its batch to be saved. */
  private readonly waiting = new Map<RecordedBatch, () => void>();
  private saving: Promise<void> = Promise.resolve();
  private isSaving = false;
  /** Whether what is unsaved is to be saved at once. */
  private isToSaveAll = false;
  private isBroken = false;
  private progressAtMs: number;

  constructor(
    private readonly context: RunContext,
    private readonly records: RecordStore,
    private readonly run: RunRecord,
    private readonly roster: Roster,
    private readonly earlier: EarlierBatches | undefined
  ) {
    this.progressAtMs = context.ports.clock.monotonicMs();
  }

  /** Saves which users are about to be sent. Resolves when the database has it, or when it is certain that it will not. */
  async recordIntent(users: readonly number[]): Promise<RecordedBatch> {
    const { records, run, roster, context } = this;
    const record = records.newBatch(run.id);
    Object.assign(record, {
      runId: run.runId,
      action: roster.goal.action,
      number: this.batches.length + 1,
      state: 'sent',
      sentAtMs: context.ports.clock.nowMs(),
      userIds: JSON.stringify(roster.idsOf(users))
    });
    const batch = new RecordedBatch(record, Uint32Array.from(users));
    this.batches.push(batch);
    const written = new Promise<void>((resolve) => this.waiting.set(batch, resolve));
    this.add(batch);
    await written;
    return batch;
  }

  /** Saves what the users that were sent first have shown, with the next save of the run. */
  noteCanary(result: CanaryResult): void {
    this.run.canary = result;
  }

  /** Saves the outcome of a batch with the next save. */
  recordOutcome(batch: RecordedBatch): void {
    this.noteOutcome(batch);
    this.add(batch);
  }

  /**
   * Saves what is known at the end: the run, and the batches that are not saved yet or were corrected since. Whatever happens,
   * this ends with the invocation. The log says what cannot be saved.
   */
  async finish(ending: Partial<RunRecord>): Promise<void> {
    await this.saving;
    for (const batch of this.batches) if (batch.record !== undefined) this.noteOutcome(batch);
    let corrected: readonly BatchRecord[] = [];
    try {
      corrected = await this.readCorrected();
    } catch (error) {
      logIncomplete(this.context, error);
    }
    Object.assign(this.run, ending);
    // What was never saved comes first: the time may be short.
    const unsaved = this.batches.filter(({ isSaved }) => !isSaved);
    const saved = this.batches.filter(({ isSaved }) => isSaved);
    const list = (batches: readonly RecordedBatch[]): BatchRecord[] => batches.flatMap(({ record }) => record ?? []);
    const batches = [...list(unsaved), ...corrected, ...list(saved)];
    await saveLast(this.context, this.records, this.run, batches);
  }

  /** The records of batches that are known better than what was saved, corrected; they were forgotten to save memory. */
  private async readCorrected(): Promise<readonly BatchRecord[]> {
    const forgotten = this.batches.filter(({ record }) => record === undefined);
    const own = new Map(forgotten.flatMap((batch) => (batch.isUpToDate(this.roster) ? [] : [[batch.id, batch]])));
    const earlier = new Set(this.earlier?.listCorrected());
    const corrected: BatchRecord[] = [];
    // By run, because that the platform can look for ids is assumed.
    const readPage = (limit: number, skip: number): Promise<readonly BatchRecord[]> =>
      insist(
        this.context,
        (timeoutMs) => this.records.readBatches({ runRecordId: this.run.id }, limit, skip, timeoutMs),
        { reserveMs: RUN_SAVE_MS }
      );
    const take = (record: BatchRecord): void => {
      const batch = own.get(record.id);
      if (batch !== undefined) this.noteOutcome(batch, record);
      else if (earlier.has(record.id)) this.earlier?.correct(record);
      else return;
      corrected.push(record);
    };
    await readBatches(readPage, MAX_RECORDS_PER_READ, take, () => corrected.length >= own.size + earlier.size);
    return corrected;
  }

  private add(batch: RecordedBatch): void {
    if (!this.unsaved.includes(batch)) this.unsaved.push(batch);
    this.startSaving();
  }

  /** Saves the outcomes that are known, without waiting for that: nobody is announced for a while, with whom they would go. */
  saveOutcomes(): void {
    this.isToSaveAll = this.unsaved.length > 0;
    this.startSaving();
  }

  private startSaving(): void {
    if (this.isSaving || !this.isUrgent()) return;
    this.isSaving = true;
    this.saving = this.saveAll();
  }

  /**
   * Nobody waits for an outcome to be written down, so it goes with the next announcements, unless there are many. That somebody is
   * not in the goal state is saved at once: should the process be killed, an undo must not take them for locked by this run.
   */
  private isUrgent(): boolean {
    const { unsaved } = this;
    if (unsaved.length >= MAX_UNSAVED || (this.isToSaveAll && unsaved.length > 0)) return true;
    return unsaved.some((batch) => this.waiting.has(batch) || batch.hasSomebodyLeft);
  }

  private async saveAll(): Promise<void> {
    const { records } = this;
    const { sender, ports } = this.context;
    let most = Infinity;
    while (this.isUrgent() && !this.isBroken && sender.stop === undefined) {
      await this.saveProgress();
      const part: RecordedBatch[] = [];
      let answered: RecordedBatch[] = [];
      const result = await sender.send({
        kind: 'record',
        operations: Math.min(most, this.unsaved.length),
        attemptsBefore: 0,
        attempt: (timeoutMs) => {
          // What has gathered while the request waited for its turn goes with it.
          if (part.length === 0) {
            const fitting = countFitting(this.unsaved.map(({ record }) => record));
            part.push(...this.unsaved.splice(0, Math.min(most, fitting)));
          }
          // The outcome of a batch may be known while its intent is being saved.
          answered = part.filter(({ record }) => record?.state === 'answered');
          return records.save(
            part.flatMap(({ record }) => record ?? []),
            timeoutMs
          );
        }
      });
      if (result.kind === 'split' && part.length > 1) {
        most = Math.ceil(part.length / 2);
        this.unsaved.unshift(...part);
        continue;
      }
      if (result.kind === 'answered') for (const batch of answered) batch.noteSaved(records);
      else if (sender.stop === undefined) {
        this.isBroken = true;
        ports.log.line(`${result.error.message} The run goes on; its record is written at the end.`);
      }
      for (const batch of part) this.wake(batch);
    }
    for (const batch of this.unsaved) this.wake(batch);
    this.isToSaveAll = false;
    // In the same turn as the last look at what is unsaved, so that nothing is added unseen.
    this.isSaving = false;
  }

  private wake(batch: RecordedBatch): void {
    this.waiting.get(batch)?.();
    this.waiting.delete(batch);
  }

  /** Saves the run, by itself, where its progress is to be shown again. What it says is known again at the end. */
  private async saveProgress(): Promise<void> {
    const { run, roster, context } = this;
    const monotonicMs = context.ports.clock.monotonicMs();
    if (monotonicMs - this.progressAtMs < PROGRESS_INTERVAL_MS) return;
    this.progressAtMs = monotonicMs;
    const { done, failed, unconfirmed } = roster.countOutcomes();
    Object.assign(run, {
      [ACTION_LABELS[roster.goal.action].done]: roster.countDoneEarlier() + done,
      failed,
      unconfirmed
    });
    await context.sender.send({
      kind: 'record',
      operations: 0,
      attemptsBefore: 0,
      attempt: (timeoutMs) => this.records.saveChanges(run, timeoutMs)
    });
  }

  private noteOutcome(batch: RecordedBatch, record = batch.record): void {
    batch.noteOutcome(this.roster, this.context.ports.clock.nowMs(), record);
  }
}
