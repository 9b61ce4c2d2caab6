import omit from 'lodash/omit';
import { parseParameters } from '../../../cloudcode/lock_users/src/input/parse-parameters';
import type { RecordStore } from '../../../cloudcode/lock_users/src/ports';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { createContext } from '../../../cloudcode/lock_users/src/run/RunContext';
import { runWithRoster } from '../../../cloudcode/lock_users/src/run/run-invocation';
import type { Roster } from '../../../cloudcode/lock_users/src/users/Roster';
import type { Connection } from '../connect';

/** A plan that was made on this machine, by the task's own code. */
export interface LocalPlan {
  readonly report: Report;
  /** Who is selected, and in which count; empty where the plan could not be made. */
  readonly places: readonly { readonly userId: string; readonly place: Place }[];
}

/** A count of the plan. */
export type Place = ReturnType<Roster['listPlaces']> extends Generator<{ readonly place: infer P }> ? P : never;

/** Plans a run on this machine: it reads, and neither sends nor writes anything. */
export function planHere(connection: Connection, parameters: object): Promise<LocalPlan> {
  // Nothing here could let people in, and nobody is locked.
  return lookHere(connection, { ...omit(parameters, 'unlockAt'), dryRun: true });
}

/** The same for an action that only looks. */
export async function lookHere(connection: Connection, parameters: object): Promise<LocalPlan> {
  const { settings, openContext, records } = connection;
  const { ports } = openContext();
  const context = createContext(settings, parseParameters(parameters), {
    ...ports,
    records: records && readOnly(records),
    log: { line: () => undefined }
  });
  const { report, roster } = await runWithRoster(context);
  return { report, places: [...(roster?.listPlaces() ?? [])] };
}

/** The same records, where nothing is written down: a look is no run. */
function readOnly(records: RecordStore): RecordStore {
  return {
    listMissingFields: () => records.listMissingFields(),
    newRun: () => records.newRun(),
    newBatch: (runRecordId) => records.newBatch(runRecordId),
    findRuns: (...query) => records.findRuns(...query),
    readBatches: (...wanted) => records.readBatches(...wanted),
    findWithBatches: () => Promise.resolve([]),
    deleteBatches: () => Promise.resolve(),
    save: () => Promise.resolve(),
    saveChanges: () => Promise.resolve(),
    isInDoubt: () => false
  };
}
