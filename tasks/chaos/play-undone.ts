import { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './Scenario';
import { leaseIsOverMs } from './play-scenario';
import type { Played } from './play-scenario';
import { prepareExpectation } from './prepare-expectation';
import { undoRun } from './undo-run';

/**
 * Plays a scenario that locks with a record, then undoes that run while nothing goes wrong.
 *
 * @throws Error if the scenario does something else
 */
export async function playUndone(scenario: Scenario): Promise<Played> {
  if (scenario.action !== 'lock' || !scenario.records) throw new Error('Only runs that lock with a record are undone.');
  const platform = new ChaosPlatform(scenario);
  const { userIds } = platform;
  const { parameters } = await prepareExpectation(platform, scenario);
  const before = new Set(userIds.filter((id) => platform.user(id).locked));
  platform.startFaults();
  const reports = await platform.trigger(parameters);
  platform.stopFaults();
  await platform.wait(leaseIsOverMs(scenario));

  const undone = await undoRun(platform, scenario, before, reports.at(-1)?.runId);
  return { reports: [...reports, ...undone.reports], problems: undone.problems, log: platform.log };
}
