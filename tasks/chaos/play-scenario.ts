import type { Report } from '../../cloudcode/lock_users/src/core/build-report';
import { ChaosPlatform } from './ChaosPlatform';
import { Oracle } from './Oracle';
import type { Scenario } from './make-scenario';
import { prepareExpectation } from './prepare-expectation';
import { seededRandom } from './random';

/** Beyond every lease, and beyond the time for which the platform may have wanted to be left alone. */
const LEASE_IS_OVER_MS = 15 * 60 * 1000;

/** What came of a scenario. */
export interface Played {
  readonly reports: readonly Report[];
  /** What should not have been; empty where all is well. */
  readonly problems: readonly string[];
  readonly log: readonly string[];
}

/**
 * Plays a scenario: a run while everything goes wrong, then another while nothing does. Checks that each report is true
 * and that in the end everybody is where the run wants them, and nobody else was changed.
 */
export async function playScenario(scenario: Scenario): Promise<Played> {
  return play(scenario, new ChaosPlatform(scenario), Infinity);
}

/**
 * Kills the process at a random moment of the same run and triggers it again. Nothing of the first run is known to
 * the second but its record; in the end everybody is where the run wants them, and nobody else was changed.
 */
export async function playKilled(scenario: Scenario): Promise<Played> {
  // A killed process cannot remember how long the platform wanted to be left alone.
  const faults = scenario.faults.filter((fault) => !(fault.kind === 'status' && fault.status === 429));
  const platform = new ChaosPlatform({ ...scenario, faults, limits: { rate: 20, burst: 5000 } });
  return play(scenario, platform, seededRandom(scenario.seed)() * scenario.latencyMs * 90);
}

async function play(scenario: Scenario, platform: ChaosPlatform, killAfterMs: number): Promise<Played> {
  const target = await prepareExpectation(platform, scenario);
  const check = new Oracle(platform, scenario, target);
  const { meanwhile } = target;
  platform.startFaults();
  const reports = await platform.trigger(target.parameters, { killAfterMs, ...(meanwhile && { meanwhile }) });
  if (killAfterMs === Infinity) check.report(reports);
  else check.records();
  platform.stopFaults();
  await platform.wait(LEASE_IS_OVER_MS);
  check.leaveAlone(target.afterwards?.() ?? []);
  const again = await platform.trigger(target.parameters);
  check.ending(again);
  return { reports: [...reports, ...again], problems: check.problems, log: platform.log };
}
