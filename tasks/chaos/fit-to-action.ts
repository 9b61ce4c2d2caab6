import type { Fault } from '../local/backend/control/Fault';
import type { Scenario } from './Scenario';
import type { ChaosAction } from './ChaosAction';

/** If users are changed one by one, each of them is a request, and a thousand seeds should take minutes. */
const MOST_USERS = 300;

/** So small that 300 users need more batches than the task reads records with one request. */
const SMALL_BATCH = 7;

const ROUTES: Readonly<Record<Exclude<ChaosAction, 'lock'>, string>> = {
  unlock: 'POST users/:any/unlock',
  undo: 'POST users/:any/unlock',
  reauthenticate: 'POST users/:any/sessions/:any/re-authenticate'
};

/** Faults that only a response with results for each operation can have. */
const OF_BATCHES: readonly Fault['kind'][] = ['short', 'reorder', 'fail-operations'];

/** Turns a scenario that was drawn for locking into one of another action, with fewer users and with faults on its requests. */
export function fitToAction(drawn: Omit<Scenario, 'action'>, action: ChaosAction, random: () => number): Scenario {
  if (action === 'lock') return { ...drawn, action };
  const users = Math.min(drawn.users, MOST_USERS);
  const part = (count: number): number => Math.floor((count * users) / drawn.users);
  // For locking, a third are locked at most; for unlocking, two thirds at least.
  const locked = action === 'unlock' ? users - part(drawn.locked) : part(drawn.locked);
  return {
    ...drawn,
    action,
    users,
    locked,
    twoDevices: Math.min(part(drawn.twoDevices), users - locked),
    // A run is undone by its record, which has several pages if the batches are small.
    ...(action === 'undo' && { records: true, batchSize: SMALL_BATCH }),
    faults: drawn.faults.map((fault) => moveFault(fault, ROUTES[action], users, random))
  };
}

function moveFault(fault: Fault, route: string, users: number, random: () => number): Fault {
  // Some stay on batches, which also save the record.
  const isMoved = random() < 0.75 && fault.route === 'POST batch.json' && !OF_BATCHES.includes(fault.kind);
  return {
    ...fault,
    ...(isMoved && { route }),
    // A single user is one request of many, so that a share of them would hardly ever hit.
    ...(fault.kind === 'poison' && { share: 1, userIds: fault.userIds.map((place) => String(Number(place) % users)) })
  };
}
