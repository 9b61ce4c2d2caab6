import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { ChaosPlatform } from './ChaosPlatform';
import { checkWiped, drawWipes } from './check-wiped';
import { checkOutput } from './check-output';
import { Oracle } from './Oracle';
import type { Scenario } from './Scenario';
import { prepareExpectation } from './prepare-expectation';
import { seededRandom } from './random';

/** Longer than any lease, and longer than any wait that the platform may have asked for: an hour. */
export const LEASE_IS_OVER_MS = 80 * 60 * 1000;

/** Milliseconds after which no lease of a scenario's runs holds: one that was written by a clock that was ahead ends so much later. */
export function leaseIsOverMs({ time }: Scenario): number {
  return LEASE_IS_OVER_MS + Math.max(0, time?.jump.byMs ?? 0);
}

/** The outcome of a scenario. */
export interface Played {
  readonly reports: readonly Report[];
  /** What went against the expectation; empty if all is well. */
  readonly problems: readonly string[];
  readonly log: readonly string[];
}

/**
 * Plays a scenario: a run with faults, then another without. Checks that each report is true, and that in the end all
 * eligible users are in the goal state and no other user was changed.
 */
export async function playScenario(scenario: Scenario): Promise<Played> {
  const drawn = drawWipes(scenario);
  const platform = new ChaosPlatform(drawn);
  if (drawn.switches.wipeFalse === 'wipes') return playWiping(drawn, platform);
  return play(drawn, platform, Infinity);
}

/**
 * Kills the process at a random moment of the same run and triggers the task again. The second run knows nothing of the
 * first but its record. In the end all eligible users are in the goal state, and no other user was changed.
 */
export async function playKilled(scenario: Scenario): Promise<Played> {
  // A killed process cannot remember for how long the platform asked it to wait.
  const faults = scenario.faults.filter((fault) => !(fault.kind === 'status' && fault.status === 429));
  const platform = new ChaosPlatform({ ...scenario, faults, limits: { rate: 20, burst: 5000 } });
  return play(scenario, platform, seededRandom(scenario.seed)() * scenario.latencyMs * 90);
}

/** A run on a platform whose locks wipe. No other one follows: it would wipe again. */
async function playWiping(scenario: Scenario, platform: ChaosPlatform): Promise<Played> {
  const { parameters } = await prepareExpectation(platform, scenario);
  platform.startFaults();
  const reports = await platform.trigger(parameters, { killAfterMs: Infinity });
  const problems = [...checkWiped(platform, scenario, reports), ...checkOutput(platform.log, reports)];
  return { reports, problems, log: platform.log };
}

async function play(scenario: Scenario, platform: ChaosPlatform, killAfterMs: number): Promise<Played> {
  const expectation = await prepareExpectation(platform, scenario);
  const oracle = new Oracle(platform, scenario, expectation);
  const { meanwhile } = expectation;
  platform.startFaults();
  const reports = await platform.trigger(expectation.parameters, { killAfterMs, ...(meanwhile && { meanwhile }) });
  if (killAfterMs === Infinity) oracle.checkReports(reports);
  else oracle.checkRecords();
  platform.stopFaults();
  await platform.wait(leaseIsOverMs(scenario));
  oracle.exclude(expectation.afterwards?.() ?? []);
  const again = await platform.trigger(expectation.parameters);
  oracle.checkLastRun(again);
  const all = [...reports, ...again];
  return { reports: all, problems: [...oracle.problems, ...checkOutput(platform.log, all)], log: platform.log };
}
