import { hasEnded, holdsLease } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { VERSION } from '../../../cloudcode/lock_users/src/version';
import { countNoun } from '../../shared/count-noun';
import type { DatabaseObject } from '../../local/runtime/db/DatabaseObject';
import type { Connection } from '../connect';
import { readObjects } from '../read-objects';
import { readAllRuns } from '../run/find-run';
import { bad, ok, unknown } from './Finding';
import type { Finding } from './Finding';

/** Milliseconds that an undo may be late: a queue may have other work before it. */
const UNLOCK_TOLERANCE_MS = 600_000;

/** What the records of earlier runs show: the version that is deployed, whether objects start runs, and what has not ended. */
export async function checkRuns(connection: Connection, nowMs: number): Promise<Finding[]> {
  const runs = await readAllRuns(connection);
  const ended = runs.filter(hasEnded).sort((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0));
  const [last] = ended;
  return [
    checkVersion(last),
    checkWebhookVariable(ended),
    checkUnended(runs, nowMs),
    ...(await checkUnlockTimes(connection, nowMs))
  ];
}

/** Users that should have been let back in by now. An older copy of the models has no field for it. */
async function checkUnlockTimes(connection: Connection, nowMs: number): Promise<Finding[]> {
  const { lock_run: runs } = connection.db;
  if (runs?.type.findField('unlock_at') === undefined) return [];
  const due = await readObjects(connection, runs.where('unlock_at < ?', new Date(nowMs - UNLOCK_TOLERANCE_MS)));
  // A database may ignore the filter.
  const late = due.filter((run) => isLate(run, nowMs));
  if (late.length === 0) return [ok('unlock times', 'No run is late with letting its users back in.')];
  const names = late.map((run) => String(run['run_id'] ?? run.id));
  return [
    bad(
      'unlock times',
      `The time at which users should have been let back in (unlock_at) has passed, and nothing has undone: ${names.join(', ')}.`,
      `Look whether the undo is under way: "lock-users runs". If not: "lock-users undo ${names[0] ?? ''}".`
    )
  ];
}

function isLate(run: DatabaseObject, nowMs: number): boolean {
  const unlockAt = run['unlock_at'];
  const isDue = unlockAt instanceof Date && unlockAt.getTime() < nowMs - UNLOCK_TOLERANCE_MS;
  const hasLocked = !['planned', 'refused', 'requested'].includes(String(run['status']));
  return isDue && hasLocked && (run['undone_by'] ?? '') === '';
}

function checkVersion(last: RunRecord | undefined): Finding {
  if (last === undefined || last.version === null) {
    return unknown(
      'version',
      `This is ${VERSION}. No run shows which version is deployed.`,
      'Look at a plan: "lock-users plan".'
    );
  }
  return last.version === VERSION
    ? ok('version', `The last run was made by ${VERSION}, as this is.`)
    : bad(
        'version',
        `The last run was made by ${last.version}, and this is ${VERSION}.`,
        'Run "lock-users install APP" on the app\'s repository and deploy, or use the other version of lock-users.'
      );
}

/** The last run that an object has asked for shows the variable: its id is the object's. @param ended the last one first */
function checkWebhookVariable(ended: readonly RunRecord[]): Finding {
  const last = ended.find((run) => isRefusedByVariable(run) || (run.runId === run.id && run.report !== null));
  if (last === undefined) {
    return unknown(
      'runs by objects',
      'Neither LOCK_USERS_WEBHOOK nor the data rules show from outside.',
      'Keep lock_run and lock_run_batch off the devices: examples/data-rules.md.'
    );
  }
  return isRefusedByVariable(last)
    ? bad(
        'runs by objects',
        last.message ?? '',
        'Write data rules (examples/data-rules.md), then set LOCK_USERS_WEBHOOK to true, save, and deploy.'
      )
    : ok(
        'runs by objects',
        `An object has started ${last.id}. That data rules keep such objects off the devices does not show (examples/data-rules.md).`
      );
}

function isRefusedByVariable({ status, message }: RunRecord): boolean {
  return status === 'refused' && message?.includes('LOCK_USERS_WEBHOOK') === true;
}

function checkUnended(runs: readonly RunRecord[], nowMs: number): Finding {
  const [working, dead] = [
    runs.filter((run) => holdsLease(run, nowMs)),
    runs.filter((run) => !holdsLease(run, nowMs) && !hasEnded(run))
  ];
  if (dead.length > 0) {
    const names = dead.map((run) => `${run.runId ?? run.id} (${run.status ?? ''})`).join(', ');
    return bad(
      'open runs',
      `${countNoun(dead.length, 'run has', 'runs have')} not ended and ${dead.length === 1 ? 'does' : 'do'} nothing: ${names}.`,
      'Run the same again: it does what is missing. A run that was only requested waits for its webhook; set its status to "interrupted" to drop it.'
    );
  }
  return ok(
    'open runs',
    working.length === 0 ? 'None.' : `${countNoun(working.length, 'run is', 'runs are')} under way.`
  );
}
