import type { Invocation, Outcome } from '../Invocation';
import { repeatOptions } from '../repeat-options';
import { buildParameters } from '../run/build-parameters';
import { changeUsers } from '../run/change-users';
import { openChange } from '../run/open-change';

/** Unlocks the users that a run has locked. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const undo = invocation.operands[0] ?? '';
  const { connection, info } = await openChange(invocation);
  const parameters = { ...(await buildParameters(connection, invocation, 'unlock')), undo };
  const again = { command: 'undo', operands: [undo], options: repeatOptions(invocation.options) };
  return changeUsers(invocation, { connection, info, parameters, again });
}
