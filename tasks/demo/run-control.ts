import { startBackend } from '../local/backend/start-backend';
import { callApi } from './call-api';
import { listUsers, SimulatedUsers } from './SimulatedUsers';

/** The result of the control. */
export interface ControlResult {
  readonly users: number;
  /** How many of the operations the backend called a success. */
  readonly successes: number;
  readonly devices: number;
  readonly rowsEntered: number;
  readonly rowsLost: number;
  readonly devicesWiped: number;
}

/** Enough to show it, in one batch. */
const MOST_USERS = 200;

/**
 * Shows that the demo's count of rows can fail: people work, are locked, sign in again and are counted as before, on a
 * deployment of their own. But a raw request locks them, with the mistyped key of a forum post, which the task would refuse.
 *
 * @throws Error where the backend refuses the request, and the signal's reason where it is aborted
 */
export async function runControl(users: number, signal: AbortSignal): Promise<ControlResult> {
  const backend = await startBackend({ label: 'Throw-away', environment: 'testing' });
  try {
    const people = new SimulatedUsers({
      backend,
      signal,
      users: Math.min(users, MOST_USERS),
      protectedUsers: 0,
      lockedByHand: 0
    });
    const devices = people.ordinary;
    await people.signIn(devices);
    people.work(devices, 2);

    const operations = listUsers(devices).map((id) => ({ method: 'users/lock', user_id: id, ' wipe': false }));
    const answer = await callApi(backend, 'POST', 'batch.json', { operations });
    const { operations: results } = answer as { readonly operations: readonly { readonly success: boolean }[] };

    await people.connect(devices);
    const devicesWiped = devices.filter(({ device }) => device.lostCount > 0).length;
    await people.changeByHand(devices, 'unlock');
    await people.signIn(devices);
    const { rowsEntered, rowsLost } = await people.countRows([]);
    return {
      users: operations.length,
      successes: results.filter(({ success }) => success).length,
      devices: devices.length,
      rowsEntered,
      rowsLost,
      devicesWiped
    };
  } finally {
    await backend.close();
  }
}
