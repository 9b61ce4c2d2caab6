import type { DeploymentInfo } from '../../../cloudcode/lock_users/src/ports';
import { connect, readDeployment, refuseOtherEnvironment } from '../connect';
import type { Connection } from '../connect';
import type { Invocation } from '../Invocation';
import { refuseOverwriting } from '../refuse-overwriting';
import { readTarget } from '../read-target';
import { describeDirect, refuseUnprotected } from './run-direct';

/**
 * Connects a command that is about to change or to plan something, and ensures that the deployment is the one that is meant.
 *
 * @throws UsageError where a file that is read would be overwritten
 * @throws SettingsError where it is not the one, or `--direct` does not know who is protected
 */
export async function openChange(
  invocation: Invocation
): Promise<{ readonly connection: Connection; readonly info: DeploymentInfo }> {
  refuseOverwriting(invocation);
  const target = await readTarget(invocation);
  const isDirect = invocation.options.direct === true;
  if (isDirect) refuseUnprotected(target);
  const connection = await connect(target, invocation);
  const info = await readDeployment(connection);
  refuseOtherEnvironment(target, info);
  if (isDirect) invocation.say(describeDirect(target));
  return { connection, info };
}
