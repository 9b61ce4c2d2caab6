import { toErrorDetails } from '../errors';
import type { ErrorDetails } from '../errors';
import { nobodySelected } from '../reasons/plan-reasons';
import type { ActiveRun } from './ActiveRun';
import { observeUsers, stuckList } from './observe';
import { readUserStates } from './read-user-states';

/**
 * Reads the selected users, who are noted by the goal of the run, and changes nobody. Where everybody is selected, that is whom the
 * users API lists: a request per thousand users. Where they cannot be read the run stops; the sender then has the reason.
 *
 * @returns why there is nobody to look at, if so
 */
export async function lookAtUsers(run: ActiveRun): Promise<ErrorDetails | undefined> {
  const { selection, roster, sender } = run;
  if (selection.where === undefined && selection.userIds === undefined) await lookAtEverybody(run);
  else await observeUsers(run, () => undefined);
  return sender.stop === undefined && roster.isNobodyThere ? nobodySelected(selection.userIds) : undefined;
}

async function lookAtEverybody(run: ActiveRun): Promise<void> {
  const { roster, sender } = run;
  try {
    const { isStuck } = await readUserStates(run, (users) => {
      for (const user of users) {
        roster.observe(user);
        roster.select(user.userId);
      }
    });
    if (isStuck) throw stuckList();
  } catch (error) {
    sender.stopWith(toErrorDetails(error));
  }
  roster.planUnlisted(sender.stop === undefined);
}
