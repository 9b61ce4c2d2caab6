import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { ChaosPlatform } from './ChaosPlatform';
import { seededRandom } from './random';
import type { Scenario } from './Scenario';

/** Share of the lock runs on a platform whose locks wipe. */
const WIPING = 0.12;

/** The scenario, in some seeds on a platform whose locks wipe although they say that they must not. */
export function drawWipes(scenario: Scenario): Scenario {
  const isWiping = scenario.action === 'lock' && seededRandom(scenario.seed + 9_000_000_011)() < WIPING;
  return isWiping ? { ...scenario, switches: { ...scenario.switches, wipeFalse: 'wipes' } } : scenario;
}

/** What is wrong about a run on a platform whose locks wipe: that others than the canary were wiped, or that no report says so. */
export function checkWiped(platform: ChaosPlatform, { canary }: Scenario, reports: readonly Report[]): string[] {
  const wiped = platform.userIds.filter(
    (id) => platform.isThere(id) && platform.user(id).sessions.some(({ state }) => state === 'RESET')
  );
  const problems: string[] = [];
  const named = new Set(reports.flatMap((report) => report.canary?.users.map(({ userId }) => userId) ?? []));
  const others = wiped.filter((id) => !named.has(id));
  if (canary > 0 && others.length > (named.size === 0 ? canary : 0)) {
    problems.push(`${others.length} users were wiped who were not sent first.`);
  }
  const last = reports.at(-1);
  const isTold = reports.some(({ resetSessions }) => (resetSessions?.count ?? 0) > 0);
  if (last?.status === 'done' && last.verified && wiped.length > 0 && !isTold) {
    problems.push(`The run is done, and no report tells that ${wiped.length} users were wiped.`);
  }
  const isPassed = reports.some((report) => report.canary?.result === 'passed');
  const isSeen = [...named].some((id) => wiped.includes(id));
  if (isPassed && isSeen) problems.push('The canary passed although it was wiped.');
  return problems;
}
