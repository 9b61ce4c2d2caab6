import type { BackendState } from '../state/BackendState';
import { lockUser } from '../state/Session';
import type { ChangeFault } from './Fault';

/** What somebody else has done to a user. */
export interface UserChange {
  readonly userId: string;
  readonly change: ChangeFault['change'];
}

/**
 * Changes users as somebody else would: in the data browser, or by another client of the API.
 *
 * @returns what has changed; a user who was as the change leaves them is not in it
 */
export function changeUsers({ change, userIds }: ChangeFault, state: BackendState): readonly UserChange[] {
  const changed = userIds.filter((id) => canChange(change, id, state));
  for (const id of changed) changeUser(change, id, state);
  return changed.map((userId) => ({ userId, change }));
}

function canChange(change: ChangeFault['change'], id: string, state: BackendState): boolean {
  const user = state.findUser(id);
  if (user === undefined) return change === 'create';
  return change === 'delete' || (change === 'lock' && !user.locked) || (change === 'unlock' && user.locked);
}

function changeUser(change: ChangeFault['change'], id: string, state: BackendState): void {
  switch (change) {
    case 'create':
      return void state.create(state.userModel, { id });
    case 'delete':
      return state.delete(state.userModel, id);
    case 'lock':
      return lockUser(state.userToChange(id), false, state.now());
    case 'unlock':
      state.userToChange(id).locked = false;
  }
}
