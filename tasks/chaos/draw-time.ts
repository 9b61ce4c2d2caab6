import { seededRandom } from './random';
import type { Scenario } from './Scenario';
import type { OrderFault, TimeFaults } from './TimeFaults';

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;

/** What has been seen in the wild or is allowed: `epoch` and `date` stand for a moment that is reckoned when it is sent. */
const RETRY_AFTER = [
  '0',
  '3',
  '20.5',
  '120',
  '1800',
  '7200',
  'date',
  'epoch',
  '-5',
  '+5',
  '"7"',
  '7, 8',
  '1e21'
] as const;

/**
 * The scenario with trouble about time. It draws from a chance of its own, so that the rest of the scenario is the same without.
 * Budgets are drawn up to the largest that is allowed, and one second.
 */
export function drawTime(scenario: Scenario): Scenario {
  const random = seededRandom(scenario.seed + 2_000_000_011);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const time: TimeFaults = {
    saves: { share: pick([0, 0.1, 0.5, 1]), delayMs: pick([3, 8, 40, 10_000]) * SECOND_MS },
    order: pick<OrderFault>(['none', 'slow', 'lost', 'taken silently', 'refused twice']),
    jump: {
      afterMs: Math.floor(random() * 60 * SECOND_MS),
      byMs: pick([0, 24 * HOUR_MS, -24 * HOUR_MS, 2 * HOUR_MS, -HOUR_MS])
    },
    retryAfter: random() < 0.3 ? [] : [pick(RETRY_AFTER), pick(RETRY_AFTER), 'Fri, 31 Dec 9999 23:59:59 GMT'],
    budgetMs: pick([scenario.budgetMs, 275 * SECOND_MS, SECOND_MS]),
    hostileTexts: random() < 0.5
  };
  return { ...scenario, time };
}
