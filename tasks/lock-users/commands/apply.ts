import pick from 'lodash/pick';
import { UsageError } from '../../shared/command-errors';
import { EXIT_CODES } from '../exit-codes';
import type { Invocation, Outcome } from '../Invocation';
import { repeatOptions } from '../repeat-options';
import { readPlanFile } from '../plan-file';
import { buildParameters } from '../run/build-parameters';
import { changeUsers } from '../run/change-users';
import { openChange } from '../run/open-change';
import { readEvening } from '../run/read-evening';

/** Options that say who is selected: a plan has said that. */
const SELECTING = ['users', 'exclude', 'where', 'onlyEnrolled', 'maxUsers'] as const;

/** Locks users: those of a plan that was kept, or those that the options select. */
export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, operands } = invocation;
  const [path] = operands;
  const selecting = SELECTING.find((name) => options[name] !== undefined);
  if (path !== undefined && selecting !== undefined) {
    throw new UsageError(`"${path}" says already who is locked. Leave the options that select users out, or the plan.`);
  }
  const { parameters: evening, letInAt } = readEvening(invocation);
  const { connection, info } = await openChange(invocation);
  const parameters = { ...(await buildParameters(connection, invocation, 'lock')), ...evening };
  const again = {
    command: 'apply',
    operands,
    // Who is locked by the next command is let back in with the others.
    options: { ...repeatOptions(options), ...pick(evening, 'unlockAt') }
  };
  if (path === undefined) return changeUsers(invocation, { connection, info, parameters, letInAt, again });
  const { userIds, count, onlyEnrolled, reason, madeAt } = readPlanFile(path, connection.settings.backendId);
  if (userIds.length === 0) {
    return {
      exitCode: EXIT_CODES.allThere.code,
      data: { action: 'lock', status: 'planned', counts: { planned: 0 } },
      lines: [`The plan ${path} names nobody, so there is nobody to lock.`],
      next: { command: 'status' }
    };
  }
  invocation.say(`The plan ${path} was made at ${madeAt}: ${count} users would be locked.`);
  return changeUsers(invocation, {
    connection,
    info,
    parameters: {
      ...(reason !== null && { reason }),
      ...parameters,
      userIds,
      ...(onlyEnrolled && { onlyEnrolled })
    },
    letInAt,
    again,
    planned: count
  });
}
