import { loadRunUsers } from '../records/load-run-users';
import { unknownRunToLookAt } from '../reasons/undo-reasons';
import { WhoIsOut } from '../users/WhoIsOut';
import type { Action } from './Action';
import type { Goal } from './Goal';

/** Looks who is locked, and changes nobody: the selected users, or those whom one run locked. */
export const status: Action = {
  respectsProtection: false,
  async resolve(context) {
    const { ports, parameters } = context;
    const { run, selection } = parameters;
    const whoIsOut = new WhoIsOut();
    const goal = statusGoal(whoIsOut);
    if (run === undefined) return { goal, selection, whoIsOut };
    if (ports.records === undefined) return { refusal: unknownRunToLookAt(run) };
    const found = await loadRunUsers(context, ports.records, run);
    if ('refusal' in found) return found;
    return { goal, selection: { userIds: found.userIds }, whoIsOut, ofRun: found.runId };
  },
  apply: () => Promise.resolve()
};

/** Everybody is where they are to be, so that nobody is planned. */
function statusGoal(whoIsOut: WhoIsOut): Goal {
  return {
    action: 'status',
    whenNotListed: 'fail',
    notReached: { type: 'NOT_SHOWN', detail: 'The users API does not show the user.' },
    isMet: (user) => {
      whoIsOut.see(user);
      return true;
    },
    findSkipReason: () => undefined,
    givesUp: () => undefined
  };
}
