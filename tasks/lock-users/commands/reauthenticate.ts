import type { Invocation, Outcome } from '../Invocation';
import { repeatOptions } from '../repeat-options';
import { buildParameters } from '../run/build-parameters';
import { changeUsers } from '../run/change-users';
import { openChange } from '../run/open-change';

/** Signs the selected users out; they come back by signing in. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { connection, info } = await openChange(invocation);
  const parameters = await buildParameters(connection, invocation, 'reauthenticate');
  const again = { command: 'reauthenticate', options: repeatOptions(invocation.options) };
  return changeUsers(invocation, { connection, info, parameters, again });
}
