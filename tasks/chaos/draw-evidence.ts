import { SWITCH_VALUES } from '../local/backend/control/Switches';
import { drawEvidenceFaults } from './draw-evidence-faults';
import type { EvidenceKind } from './draw-evidence-faults';
import type { Scenario } from './Scenario';
import { seededRandom } from './random';

/** How often each kind is drawn beside the others. */
const WEIGHTS: Readonly<Record<EvidenceKind, number>> = {
  lag: 4,
  'other-lock': 4,
  throttle: 3,
  'applied-failure': 2,
  deletion: 3,
  creation: 2,
  order: 2,
  'no-progress': 2,
  'heavy-page': 2,
  cache: 3,
  date: 2,
  malformed: 3,
  'error-body': 2
};
/** Only runs that lock send batches; and what is to become of a user whom others lock while a run unlocks is open. */
const OF_LOCKING: readonly string[] = ['other-lock', 'throttle', 'applied-failure'];
const MOST_FAULTS = 3;
/** Share of the deployments that have no users API: a run can only say so there. */
const WITHOUT_USERS_API = 0.05;
/** Share of the deployments where unlocking in batches is tried. */
const TRYING_BATCHES = 0.6;

/**
 * The scenario with one to three faults more, of those that make what a run sees untrue or incomplete, and with the switches that
 * matter to them. It draws from a chance of its own, so that the rest of the scenario is the same without.
 */
export function drawEvidence(scenario: Scenario): Scenario {
  const { seed, action, switches } = scenario;
  const isUndo = action === 'undo';
  const random = seededRandom(seed + 1_000_000_007);
  const pick = <T>(values: readonly [T, ...T[]]): T => values[Math.floor(random() * values.length)] ?? values[0];
  const weights = Object.entries(WEIGHTS).filter(([kind]) => action === 'lock' || !OF_LOCKING.includes(kind));
  const kinds = weights.flatMap(([kind, weight]) => Array<EvidenceKind>(weight).fill(kind as EvidenceKind));
  const [first = 'lag', ...others] = kinds;
  const faults = Array.from({ length: 1 + Math.floor(random() * MOST_FAULTS) }, () =>
    drawEvidenceFaults(pick([first, ...others]), scenario, pick, random)
  );
  return {
    ...scenario,
    evidence: true,
    triesBatchUnlock: seededRandom(seed + 6_000_000_029)() < TRYING_BATCHES,
    // An undo reads the record of the run that is undone by its id, and that run needs the users API.
    switches: {
      ...switches,
      repeatError: pick(SWITCH_VALUES.repeatError),
      filterById: pick(['works', 'works', ...(isUndo ? (['ignored'] as const) : SWITCH_VALUES.filterById)]),
      batchUnlock: pick(SWITCH_VALUES.batchUnlock),
      retryAfterHeader: pick(SWITCH_VALUES.retryAfterHeader),
      usersApi: !isUndo && random() < WITHOUT_USERS_API ? 'absent' : 'there'
    },
    faults: [...scenario.faults, ...faults.flat()]
  };
}
