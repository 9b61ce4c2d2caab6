import type { RecordStore } from '../../../cloudcode/lock_users/src/ports';
import { hasEnded, holdsLease } from '../../../cloudcode/lock_users/src/records/RunRecord';
import type { RecordStatus, RunRecord } from '../../../cloudcode/lock_users/src/records/RunRecord';
import { VERSION } from '../../../cloudcode/lock_users/src/version';
import { countNoun } from '../../shared/count-noun';
import type { Connection } from '../connect';
import { bad, ok, unknown } from './Finding';
import type { Finding } from './Finding';

/** Statuses of runs that have not ended, or that did not end by themselves. */
const OPEN: readonly RecordStatus[] = ['requested', 'starting', 'running', 'continues', 'interrupted'];
/** Statuses of runs that the deployed task has carried out. */
const ENDED: readonly RecordStatus[] = ['planned', 'done', 'partial', 'refused', 'stalled', 'failed'];

/** What the records of earlier runs show: the version that is deployed, whether objects start runs, and what has not ended. */
export async function checkRuns({ openContext }: Connection, records: RecordStore, nowMs: number): Promise<Finding[]> {
  const read = (statuses: readonly RecordStatus[]) =>
    openContext().sender.read('record', (timeoutMs) => records.findRuns({ statuses }, timeoutMs));
  const [open, ended] = [await read(OPEN), await read(ENDED)];
  const last = [...ended].sort((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0))[0];
  return [checkVersion(last), checkWebhookVariable(last), checkUnended(open, nowMs)];
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

function checkWebhookVariable(last: RunRecord | undefined): Finding {
  return last?.status === 'refused' && last.message?.includes('LOCK_USERS_WEBHOOK') === true
    ? bad(
        'runs by objects',
        last.message,
        'Write data rules (examples/data-rules.md), then set LOCK_USERS_WEBHOOK to true, save, and deploy.'
      )
    : unknown(
        'runs by objects',
        'Neither LOCK_USERS_WEBHOOK nor the data rules show from outside.',
        'Keep lock_run and lock_run_batch off the devices: examples/data-rules.md.'
      );
}

function checkUnended(open: readonly RunRecord[], nowMs: number): Finding {
  const [working, dead] = [
    open.filter((run) => holdsLease(run, nowMs)),
    open.filter((run) => !holdsLease(run, nowMs) && !hasEnded(run))
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
