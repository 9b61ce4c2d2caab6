import type { Fault } from '../local/backend/control/Fault';
import { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './Scenario';
import { LEASE_IS_OVER_MS } from './play-scenario';
import type { Played } from './play-scenario';
import { prepareExpectation } from './prepare-expectation';

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

/**
 * Plays a scenario that locks with a record, then undoes that run while nothing goes wrong. Everybody whom the run has locked
 * must get back in, whatever it had seen, and nobody whom somebody else had locked, as far as the answers told.
 *
 * @throws Error if the scenario does something else
 */
export async function playUndone(scenario: Scenario): Promise<Played> {
  if (scenario.action !== 'lock' || !scenario.records) throw new Error('Only runs that lock with a record are undone.');
  const platform = new ChaosPlatform(scenario);
  const { emulator, userIds } = platform;
  const { parameters } = await prepareExpectation(platform, scenario);
  const before = new Set(userIds.filter((id) => platform.user(id).locked));
  platform.startFaults();
  const reports = await platform.trigger(parameters);
  platform.stopFaults();
  await platform.wait(LEASE_IS_OVER_MS);

  const locks = emulator.changesByOthers().filter(({ change }) => change === 'lock');
  const byOthers = new Set(locks.map(({ userId }) => userId));
  const there = userIds.filter((id) => platform.isThere(id));
  const byRun = there.filter((id) => platform.user(id).locked && !before.has(id) && !byOthers.has(id));
  const runId = reports.at(-1)?.runId;
  const undone = await platform.trigger({ undo: runId });

  const isLocked = (id: string): boolean => platform.isThere(id) && platform.user(id).locked;
  const problems: string[] = [];
  const complain = (ids: readonly string[], what: string): void => {
    if (ids.length > 0)
      problems.push(`${ids.length} ${what}, such as ${ids[0]}; the undo ended ${undone.at(-1)?.status}.`);
  };
  // Results in the wrong order may say of one user what is true of another, whom somebody else has locked or whose id is odd.
  const kinds = scenario.faults.map(({ kind }) => kind);
  if (!kinds.includes('reorder') || (byOthers.size === 0 && !kinds.includes('malformed-users'))) {
    complain(byRun.filter(isLocked), 'users whom the run had locked are locked after its undo');
  }
  complain(
    there.filter((id) => before.has(id) && !isLocked(id) && !platform.hidesLock(id)),
    'users who had been locked before were unlocked'
  );
  if (isTold(scenario)) {
    complain(
      [...byOthers].filter((id) => platform.isThere(id) && !isLocked(id)),
      'users whom others had locked were unlocked'
    );
  }
  return { reports: [...reports, ...undone], problems, log: platform.log };
}

/** Whether the platform tells the run whom others have locked before it. */
function isTold({ switches, faults }: Scenario): boolean {
  return switches.repeatLock === 'error' && !faults.some(({ kind }) => LOSE_ANSWERS.includes(kind));
}
