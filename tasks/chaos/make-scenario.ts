import { VARIABLES } from '../../cloudcode/lock_users/src/input/variables';
import type { Fault, FaultKind } from '../local/backend/control/Fault';
import { SWITCH_VALUES } from '../local/backend/control/Switches';
import type { Switches } from '../local/backend/control/Switches';
import { drawEvidence } from './draw-evidence';
import { drawTime } from './draw-time';
import { fitToAction } from './fit-to-action';
import { seededRandom } from './random';
import type { Scenario } from './Scenario';

/** What a seed may draw. */
export interface ScenarioOptions {
  /** Draws faults as well that make what the run sees late, incomplete or wrong. Default true. */
  readonly evidence?: boolean;
  /** Draws trouble with time and with texts as well. Default: in two of three seeds. */
  readonly time?: boolean;
}

const ROUTES = [
  undefined,
  'POST batch.json',
  'POST batch.json',
  'POST batch.json',
  'GET users',
  'GET objects/user.json'
];

/** Drawn with the faults of evidence alone, so that a seed draws the rest as it did before they were there. */
const LATER_SWITCHES: readonly string[] = [
  'repeatError',
  'filterById',
  'batchUnlock',
  'retryAfterHeader',
  'usersApi',
  'wipeFalse'
];

/**
 * The scenario of a seed: 50 to 2500 users (300 at most where each is a request of its own), and up to 6 faults at once, some of
 * them grave.
 */
export function makeScenario(seed: number, { evidence = true, time = seed % 3 > 0 }: ScenarioOptions = {}): Scenario {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));

  // Few large ones: most problems show with few users, too, and a thousand seeds should take minutes.
  const users = between(50, pick([100, 200, 400, 1000, 2500]));
  const faults = Array.from({ length: between(0, 6) }, (): Fault => {
    const route = ROUTES[between(0, ROUTES.length - 1)];
    return {
      ...drawFault(pick, between, users),
      share: pick([0.05, 0.2, 0.5]) * (0.5 + random()),
      ...(route !== undefined && { route })
    };
  });
  // No run sends a batch over 1000, so overLimitError changes nothing. A client must cope with any value of the others.
  const drawnSwitches = Object.entries(SWITCH_VALUES).map(([name, values]) => {
    const value = LATER_SWITCHES.includes(name) ? values[0] : pick(values as readonly [string, ...string[]]);
    return [name, value] as const;
  });
  const switches = Object.fromEntries(drawnSwitches) as unknown as Switches;
  const drawn = {
    seed,
    users,
    locked: between(0, Math.floor(users / 3)),
    twoDevices: between(0, Math.floor(users / 10)),
    protectedEvery: between(7, 50),
    excludedEvery: between(7, 50),
    switches,
    limits: pick([
      { rate: 20, burst: 1200 },
      { rate: 20, burst: 1200 },
      { rate: 5, burst: 10 },
      { rate: 20, burst: 3 }
    ]),
    faults,
    pace: pick([
      { rate: VARIABLES.LOCK_USERS_RATE.default, burst: VARIABLES.LOCK_USERS_BURST.default },
      { rate: 4, burst: 8 }
    ]),
    budgetMs: pick([270_000, 60_000, 20_000]),
    canary: Math.floor(seededRandom(seed + 8_000_000_009)() * 5),
    batchSize: pick([1000, 1000, 250, 40]),
    concurrency: between(1, 32),
    verify: random() < 0.85,
    maxUsers: random() < 0.3,
    // A 429 must reach the client before the emulator counts the next request as one that disregards it.
    latencyMs: between(1, 45),
    records: random() < 0.8,
    triesBatchUnlock: false,
    evidence: false
  };
  // Drawn last, so that a seed draws the rest as it did when the task could only lock.
  const scenario = fitToAction(drawn, pick(['lock', 'lock', 'lock', 'unlock', 'reauthenticate', 'undo']), random);
  const disturbed = time ? drawTime(scenario) : scenario;
  return evidence ? drawEvidence(disturbed) : disturbed;
}

function drawFault(
  pick: <T>(values: readonly [T, ...T[]]) => T,
  between: (least: number, most: number) => number,
  users: number
): FaultKind | { kind: 'poison'; userIds: string[]; status: 422 } {
  switch (pick(['429', 'status', 'status', 'delay', 'drop', 'answer', 'operations', 'poison'])) {
    case '429':
      return {
        kind: 'status',
        status: 429,
        ...pick<Pick<Extract<FaultKind, { kind: 'status' }>, 'retryAfter' | 'retryAfterAs'>>([
          {},
          { retryAfter: 0.3 },
          { retryAfter: 2 },
          { retryAfter: 4, retryAfterAs: 'date' },
          { retryAfter: between(5, 40) }
        ])
      };
    case 'status':
      return {
        kind: 'status',
        status: pick([500, 502, 503, 504]),
        body: pick(['json', 'html', 'empty']),
        applied: pick([true, false])
      };
    case 'delay':
      return { kind: 'delay', ms: pick([200, 800, 5000, 45_000]) };
    case 'drop':
      return { kind: 'drop', applied: pick([true, false]) };
    case 'answer':
      return { kind: pick(['truncate', 'no-json', 'short', 'reorder']) };
    case 'operations':
      return { kind: 'fail-operations', operations: pick([0.01, 0.2, 1]) };
    default:
      // Places among the users; their ids are filled in when they are known.
      return { kind: 'poison', userIds: [String(between(0, users - 1)), String(between(0, users - 1))], status: 422 };
  }
}
