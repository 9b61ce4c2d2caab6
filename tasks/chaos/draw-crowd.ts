import type { Scenario } from './Scenario';
import { seededRandom } from './random';

/** How a run of a crowd is started: as OXIDE does, by an object with its webhook, or on the queue as a web request does. */
export type Start = 'test' | 'webhook' | 'queue';

/** One of several runs at once. */
export interface CrowdRun {
  readonly start: Start;
  readonly action: 'lock' | 'unlock' | 'reauthenticate';
  /** When it is started; a webhook or an order may come more than once. */
  readonly atMs: readonly number[];
  /** After how long each of its processes is killed, in the order in which they start; those that are not have Infinity. */
  readonly killAfterMs: readonly number[];
}

const SECOND_MS = 1000;
const MOST_DELIVERIES = 3;

/**
 * Two or three runs at once on the deployment of a scenario, with a record that keeps them apart. It draws from a chance of its own,
 * so that the rest of the scenario is the same without.
 */
export function drawCrowd(scenario: Scenario): readonly CrowdRun[] {
  const random = seededRandom(scenario.seed + 4_000_000_007);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  return Array.from({ length: pick([2, 3]) }, () => {
    const start = pick<Start>(['test', 'webhook', 'queue']);
    const deliveries = start === 'test' ? 1 : 1 + Math.floor(random() * MOST_DELIVERIES);
    return {
      start,
      action: pick<CrowdRun['action']>(['lock', 'lock', 'unlock', 'reauthenticate']),
      atMs: Array.from({ length: deliveries }, () => Math.floor(random() * 20 * SECOND_MS)),
      killAfterMs: Array.from({ length: deliveries }, () =>
        random() < 0.2 ? random() * scenario.latencyMs * 90 : Infinity
      )
    };
  });
}
