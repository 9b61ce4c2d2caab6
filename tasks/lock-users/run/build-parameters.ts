import type { ActionName } from '../../../cloudcode/lock_users/src/actions/ActionLabels';
import { UsageError } from '../../shared/command-errors';
import type { Connection } from '../connect';
import type { Invocation } from '../Invocation';
import { parseCount } from '../parse-count';
import { resolvePeople } from '../people/resolve-people';

/** The parameters of a run, as a trigger carries them. */
export type RunParameters = Readonly<Record<string, unknown>> & { readonly action: ActionName };

/**
 * What the command line asks for, as parameters of the task, which checks them.
 *
 * @throws UsageError where a file or `--where` cannot be used
 * @throws LockUsersError where people cannot be looked up
 */
export async function buildParameters(
  connection: Connection,
  { io, options }: Invocation,
  action: ActionName
): Promise<RunParameters> {
  const { users, exclude, by = 'id', where, reason, onlyEnrolled, maxUsers } = options;
  const userIds = users === undefined ? undefined : await resolvePeople(connection, users, by);
  const excludeUserIds = exclude === undefined ? undefined : await resolvePeople(connection, exclude, by);
  return {
    action,
    ...(where !== undefined && { where: parseWhere(where) }),
    ...(userIds && { userIds }),
    ...(excludeUserIds && { excludeUserIds }),
    ...(onlyEnrolled === true && { onlyEnrolled }),
    ...(maxUsers !== undefined && { maxUsers: parseCount('--max-users', maxUsers) }),
    ...(reason !== undefined && { reason }),
    requestedBy: describeCaller(io.environment)
  };
}

function parseWhere(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`--where is not valid JSON. Write it as in --where '["role = ?", "driver"]'.`);
  }
}

function describeCaller({ USER, USERNAME }: Readonly<Record<string, string | undefined>>): string {
  const name = USER ?? USERNAME ?? '';
  return name === '' ? 'lock-users' : `lock-users, ${name}`.slice(0, 100);
}
