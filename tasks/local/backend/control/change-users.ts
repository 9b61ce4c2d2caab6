import type { BackendState } from '../state/BackendState';
import { lockUser } from '../state/Session';
import type { ChangeFault } from './Fault';

/** Changes users as somebody else would: in the data browser, or by another client of the API. */
export function changeUsers({ change, userIds }: ChangeFault, state: BackendState): void {
  for (const id of userIds) {
    if ((state.findUser(id) === undefined) === (change === 'create')) changeUser(change, id, state);
  }
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
