import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { Fault } from '../local/backend/control/Fault';
import type { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './Scenario';

/** Faults after which a client cannot tell whether a lock was the first. */
const LOSE_ANSWERS: readonly Fault['kind'][] = [
  'status',
  'drop',
  'truncate',
  'no-json',
  'error-body',
  'short',
  'reorder',
  'fail-operations',
  'delay'
];

/** An undo, and what it did that it should not have done, or the other way round. */
export interface Undone {
  readonly reports: readonly Report[];
  readonly problems: readonly string[];
}

/**
 * Undoes a run that locked users, while nothing goes wrong. Everybody whom the run has locked must get back in, whatever it had seen,
 * and nobody whom somebody else had locked, as far as the answers told.
 *
 * @param before ids of the users that were locked before the run
 */
export async function undoRun(
  platform: ChaosPlatform,
  scenario: Scenario,
  before: ReadonlySet<string>,
  runId: string | undefined
): Promise<Undone> {
  const { emulator, userIds } = platform;
  const changes = emulator.changesByOthers();
  const locks = changes.filter(({ change }) => change === 'lock');
  const byOthers = new Set(locks.map(({ userId }) => userId));
  const there = userIds.filter((id) => platform.isThere(id));
  const byRun = there.filter((id) => platform.user(id).locked && !before.has(id) && !byOthers.has(id));
  const isRecorded = !platform.isRecordIncomplete;
  const undone = await platform.trigger({ undo: runId });

  const isLocked = (id: string): boolean => platform.isThere(id) && platform.user(id).locked;
  const problems: string[] = [];
  const complain = (ids: readonly string[], what: string): void => {
    if (ids.length > 0)
      problems.push(`${ids.length} ${what}, such as ${ids[0]}; the undo ended ${undone.at(-1)?.status}.`);
  };
  // Results in the wrong order may say of one user what is true of another, whom somebody else has locked or deleted, or whose
  // id is odd.
  const kinds = scenario.faults.map(({ kind }) => kind);
  const isInOrder = !kinds.includes('reorder') || (changes.length === 0 && !kinds.includes('malformed-users'));
  if (isRecorded && isInOrder && !hasWrongClocks(scenario)) {
    complain(byRun.filter(isLocked), 'users whom the run had locked are locked after its undo');
  }
  if (!maySendLocked(platform, scenario)) {
    complain(
      there.filter((id) => before.has(id) && !isLocked(id) && !platform.hidesLock(id)),
      'users who had been locked before were unlocked'
    );
  }
  if (isTold(scenario)) {
    complain(
      [...byOthers].filter((id) => platform.isThere(id) && !isLocked(id)),
      'users whom others had locked were unlocked'
    );
  }
  return { reports: undone, problems };
}

/**
 * Whether our clock may be wrong when a run begins, and no answer that is believed tells by how much: whom it has locked then seem locked
 * again, and who has signed in today seems to have done so since the run began.
 */
export function hasWrongClocks({ faults, time }: Scenario): boolean {
  const { afterMs, byMs } = time?.jump ?? { afterMs: Infinity, byMs: 0 };
  // A task begins once its `DB` knows the data model.
  const isLateOrStale = (fault: Fault): boolean =>
    fault.kind === 'stale-date' || (fault.kind === 'delay' && fault.ms >= afterMs);
  return byMs !== 0 && faults.some(isLateOrStale);
}

/** Whether the run has sent users without knowing whether they were locked, and says so, and answers about them may be lost. */
export function maySendLocked({ log }: ChaosPlatform, { faults }: Scenario): boolean {
  const isWarned = log.some((line) => line.includes('not shown by the users API. A lock is sent to them all the same'));
  return isWarned && faults.some(({ kind }) => LOSE_ANSWERS.includes(kind));
}

/** Whether the platform tells the run whom others have locked before it. */
function isTold({ switches, faults }: Scenario): boolean {
  return switches.repeatLock === 'error' && !faults.some(({ kind }) => LOSE_ANSWERS.includes(kind));
}
