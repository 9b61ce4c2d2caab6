import type { Report } from '../../cloudcode/lock_users/src/core/build-report';
import { ChaosPlatform } from './ChaosPlatform';
import type { Scenario } from './make-scenario';
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
 * and that in the end everybody is locked who should be, and nobody else.
 */
export async function playScenario(scenario: Scenario): Promise<Played> {
  const platform = new ChaosPlatform(scenario);
  const check = new Check(platform, scenario);
  platform.startFaults();
  const reports = await platform.trigger();
  check.report(reports);
  platform.stopFaults();
  await platform.clock.run(platform.clock.sleep(LEASE_IS_OVER_MS));
  const again = await platform.trigger();
  check.ending(again);
  return { reports: [...reports, ...again], problems: check.problems, log: platform.log };
}

/**
 * Kills the process at a random moment of the same run and triggers it again. Nothing of the first run is known to
 * the second; in the end everybody is locked who should be, and nobody else.
 */
export async function playKilled(scenario: Scenario): Promise<Played> {
  // A killed process cannot remember how long the platform wanted to be left alone.
  const faults = scenario.faults.filter((fault) => !(fault.kind === 'status' && fault.status === 429));
  const platform = new ChaosPlatform({ ...scenario, faults, limits: { rate: 20, burst: 5000 } });
  const check = new Check(platform, scenario);
  platform.startFaults();
  const reports = await platform.trigger(seededRandom(scenario.seed)() * scenario.latencyMs * 90);
  check.records();
  platform.stopFaults();
  await platform.clock.run(platform.clock.sleep(LEASE_IS_OVER_MS));
  const again = await platform.trigger();
  check.ending(again);
  return { reports: [...reports, ...again], problems: check.problems, log: platform.log };
}

class Check {
  readonly problems: string[] = [];
  private readonly lockedBefore: ReadonlySet<string>;
  private readonly eligible: readonly string[];

  constructor(
    private readonly platform: ChaosPlatform,
    private readonly scenario: Scenario
  ) {
    const leftAlone = new Set([...platform.protectedIds, ...platform.excludedIds]);
    this.lockedBefore = new Set(platform.userIds.filter((id) => platform.isLocked(id)));
    this.eligible = platform.userIds.filter((id) => !leftAlone.has(id) && !this.lockedBefore.has(id));
  }

  /** The reports of a run that has ended just now. */
  report(reports: readonly Report[]): void {
    const { problems, platform, eligible } = this;
    const last = reports[reports.length - 1];
    if (last === undefined) return void problems.push('There is no report.');
    for (const { stopReason } of reports) {
      if (stopReason?.code === 'INVARIANT') problems.push(`A bug shows: ${stopReason.message}`);
    }
    const failures = new Map(last.failures.map(({ userId, outcome }) => [userId, outcome]));
    const unlocked = eligible.filter((id) => !platform.isLocked(id));
    const { counts } = last;
    // An answer in the wrong order about operations of which some failed misleads whoever does not look again.
    const mayBeMisled = !last.verified && this.hasFault('reorder') && this.hasFault('fail-operations');
    if (!mayBeMisled) {
      const missing = counts.locked + (last.earlier?.locked ?? 0) - (eligible.length - unlocked.length);
      if (missing > 0) problems.push(`${missing} users more count as locked than are.`);
      // Who was not read is in no count.
      const accounted = counts.selected === platform.userIds.length && last.counts.notAttempted === 0;
      const lockedFalsely = accounted ? unlocked.filter((id) => !failures.has(id)) : [];
      if (lockedFalsely.length > 0) problems.push(`${lockedFalsely.length} users count as locked and are not.`);
    }
    // A request that took longer than its client waited may be carried out after the last look.
    if (last.verified && !this.hasFault('delay')) {
      const failedFalsely = [...failures].filter(([id, outcome]) => outcome === 'failed' && platform.isLocked(id));
      if (failedFalsely.length > 0) problems.push(`${failedFalsely.length} users count as failed and are locked.`);
    }
    if (last.status === 'done' && last.verified && unlocked.length > 0) {
      problems.push(`The run is done, and ${unlocked.length} users are unlocked.`);
    }
    this.always();
  }

  /** What the records say was locked is locked, whenever one looks. */
  records(): void {
    const { problems, platform } = this;
    const mayBeMisled = this.hasFault('reorder') && this.hasFault('fail-operations');
    for (const { locked, userIds, notLocked } of platform.recordedBatches()) {
      const others = new Set(notLocked.map(({ userId }) => userId));
      const recorded = userIds.filter((id) => !others.has(id));
      if (recorded.length !== locked) problems.push(`A batch's record says ${locked}, and names ${recorded.length}.`);
      const falsely = recorded.filter((id) => !platform.isLocked(id));
      if (falsely.length > 0 && !mayBeMisled) {
        problems.push(`${falsely.length} users are recorded as locked and are not.`);
      }
    }
  }

  /** The reports of a run on which nothing went wrong. */
  ending(reports: readonly Report[]): void {
    const { problems, platform, eligible } = this;
    const last = reports[reports.length - 1];
    if (last?.status !== 'done') problems.push(`Without faults the run ended ${last?.status}: ${JSON.stringify(last)}`);
    const unlocked = eligible.filter((id) => !platform.isLocked(id));
    if (unlocked.length > 0) problems.push(`${unlocked.length} users are unlocked in the end.`);
    this.always();
  }

  private always(): void {
    const { problems, platform, lockedBefore, eligible } = this;
    const mayBeLocked = new Set([...lockedBefore, ...eligible]);
    const wrongly = platform.userIds.filter((id) => platform.isLocked(id) && !mayBeLocked.has(id));
    if (wrongly.length > 0) problems.push(`${wrongly.length} users were locked who are protected or excluded.`);
    this.records();
    const { resetSessions } = platform.emulator.summarize();
    if (resetSessions > 0) problems.push(`${resetSessions} devices were wiped.`);
    for (const { kind, detail } of platform.emulator.violations()) problems.push(`${kind}: ${detail}`);
  }

  private hasFault(kind: string): boolean {
    return this.scenario.faults.some((fault) => fault.kind === kind);
  }
}
