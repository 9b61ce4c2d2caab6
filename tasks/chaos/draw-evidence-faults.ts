import { MALFORMATIONS } from '../local/backend/control/Fault';
import type { Fault, Malformation } from '../local/backend/control/Fault';
import type { Scenario } from './Scenario';

/** A kind of faults that make what a run sees late, incomplete or wrong. */
export type EvidenceKind =
  | 'lag'
  | 'other-lock'
  | 'throttle'
  | 'applied-failure'
  | 'deletion'
  | 'creation'
  | 'order'
  | 'no-progress'
  | 'heavy-page'
  | 'cache'
  | 'date'
  | 'malformed'
  | 'error-body';

const USERS = 'GET users';
const USER = 'GET users/:any';
const OBJECTS = 'GET objects/user.json';
const CHANGES: Readonly<Record<Scenario['action'], string>> = {
  lock: 'POST batch.json',
  unlock: 'POST users/:any/unlock',
  undo: 'POST users/:any/unlock',
  reauthenticate: 'POST users/:any/sessions/:any/re-authenticate'
};

/**
 * Faults of a kind, on the requests that a scenario's run makes. Users are named by their places, and their ids are filled in when
 * they are known.
 */
export function drawEvidenceFaults(
  kind: EvidenceKind,
  scenario: Scenario,
  pick: <T>(values: readonly [T, ...T[]]) => T,
  random: () => number
): readonly Fault[] {
  const { action } = scenario;
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const places = (count: number): string[] => drawPlaces(scenario, count, random);
  const forMs = (): Pick<Fault, 'forMs'> => pick<Pick<Fault, 'forMs'>>([{}, { forMs: 30_000 }, { forMs: 120_000 }]);

  switch (kind) {
    case 'lag': {
      const lag = { kind: 'read-lag', ms: pick([200, 2000, 10_000, 40_000]), ...forMs() } as const;
      return pick([[USERS], [USERS, USER], [USERS, USER], [USER], [OBJECTS]]).map((route) => ({ ...lag, route }));
    }
    case 'other-lock':
      return [
        {
          kind: 'change-users',
          change: 'lock',
          userIds: places(3),
          when: 'before',
          route: 'POST batch.json',
          locks: true,
          at: [between(1, 3)]
        }
      ];
    case 'throttle':
      return [
        {
          kind: 'fail-operations',
          operations: pick([0.2, 0.6, 1]),
          type: pick(['TOO_MANY_REQUESTS', 'RATE_LIMITED', 'RATE_LIMIT_EXCEEDED', 'THROTTLED']),
          timesEach: between(1, 3),
          locks: true
        }
      ];
    case 'applied-failure':
      return [{ kind: 'fail-operations', operations: pick([0.05, 0.5]), applied: true, locks: true, ...forMs() }];
    case 'deletion':
    case 'creation': {
      const change = kind === 'deletion' ? 'delete' : 'create';
      const userIds = kind === 'deletion' ? places(2) : createIds(scenario.seed, random);
      const at = [between(1, 3)];
      return [{ kind: 'change-users', change, userIds, when: 'after', route: pick([USERS, OBJECTS]), at }];
    }
    case 'order':
      return [
        {
          kind: 'other-order',
          once: pick([true, false]),
          from: between(1, 3),
          route: pick([USERS, OBJECTS]),
          ...forMs()
        }
      ];
    case 'no-progress':
      return [
        {
          kind: 'no-progress',
          how: pick(['ignore-skip', 'repeat-last-page', 'more-for-ever']),
          route: pick([USERS, OBJECTS]),
          ...forMs()
        }
      ];
    case 'heavy-page':
      return [
        {
          kind: 'heavy-page',
          rows: pick([50, 100, 250]),
          answer: pick<Extract<Fault, { kind: 'heavy-page' }>['answer']>(['time-out', 400, 413, 422, 502, 504]),
          route: pick([USERS, OBJECTS])
        }
      ];
    case 'cache':
      return [
        {
          kind: 'cache',
          ms: pick([3000, 30_000, 600_000]),
          heedsNoCache: pick([true, false]),
          route: pick([USERS, USER, 'GET info.json'])
        }
      ];
    case 'date':
      return [
        {
          kind: 'stale-date',
          ms: pick([600_000, 7_200_000, 86_400_000, -7_200_000]),
          age: pick([true, false]),
          ...pick([{}, { route: 'GET info.json' }])
        }
      ];
    case 'malformed':
      return [{ kind: 'malformed-users', userIds: places(2), how: pick(malformationsFor(action)), ...forMs() }];
    case 'error-body':
      return [
        {
          kind: 'error-body',
          body: pick(['json', 'html']),
          applied: pick([true, false]),
          share: pick([0.1, 0.5]),
          route: CHANGES[action],
          ...(action === 'lock' && { locks: true })
        }
      ];
  }
}

/** An undo that is not shown when a device was signed out cannot know that somebody has locked its user again. */
function malformationsFor(action: Scenario['action']): readonly [Malformation, ...Malformation[]] {
  if (action !== 'undo') return MALFORMATIONS;
  const [first, ...others] = MALFORMATIONS;
  return [first, ...others.filter((how) => how !== 'sessions-null' && how !== 'sessions-missing')];
}

/** Places of users who are neither protected nor excluded, the first of the list more often than others. */
function drawPlaces({ users, protectedEvery, excludedEvery }: Scenario, most: number, random: () => number): string[] {
  const count = 1 + Math.floor(random() * most);
  const drawn = Array.from({ length: count }, () => Math.floor(random() * random() * users));
  return drawn
    .filter((place) => place % protectedEvery !== 1 && place % excludedEvery !== 2)
    .map((place) => String(place));
}

/** Ids that nobody has, at the beginning of the order by id, so that all others move. */
function createIds(seed: number, random: () => number): string[] {
  const count = 1 + Math.floor(random() * 2);
  const end = (index: number): string => String(seed * 10 + index).padStart(12, '0');
  return Array.from({ length: count }, (_, index) => `00000000-0000-4000-8000-${end(index)}`);
}
