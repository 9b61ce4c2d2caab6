import type { Emulator } from '../local/backend/Emulator';

/** The record of a batch. */
export interface RecordedBatch {
  /** What the batch did with the users. */
  readonly action: string;
  readonly done: number;
  readonly userIds: readonly string[];
  readonly notDone: readonly { readonly userId: string }[];
}

/** The record of a run, by the names of the model's fields; undefined if there is none. */
export function findRecordedRun({ state }: Emulator, runId: string): ReadonlyMap<string, unknown> | undefined {
  return [...state.store('lock_run').all()].find(({ values }) => values.get('run_id') === runId)?.values;
}

/** Where every recorded run stands. */
export function listRecordedStatuses({ state }: Emulator): string[] {
  return [...state.store('lock_run').all()].map(({ values }) => String(values.get('status')));
}

/** The batches with an outcome in the app's database. */
export function listRecordedBatches({ state }: Emulator): RecordedBatch[] {
  const answered = [...state.store('lock_run_batch').all()].filter(({ values }) => values.get('state') === 'answered');
  return answered.map(({ values }) => ({
    action: String(values.get('action')),
    done: Number(values.get('done')),
    userIds: JSON.parse(String(values.get('user_ids'))) as string[],
    notDone: JSON.parse(String(values.get('not_done'))) as { userId: string }[]
  }));
}
