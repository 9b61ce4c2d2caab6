import { createTask } from '../../../cloudcode/lock_users/src/create-task';
import type { Clock, Log } from '../../../cloudcode/lock_users/src/ports';
import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { SettingsError } from '../../shared/command-errors';
import { taskEnvironment } from '../connect';
import type { Connection } from '../connect';
import type { Target } from '../read-target';

/**
 * Has the task run on this machine, with nothing deployed: one invocation after the other, as the platform's queue has them.
 *
 * @returns the report of the last invocation
 * @throws LockUsersError as `run` of the task
 */
export async function runDirect(
  { db, target }: Connection,
  parameters: object,
  { clock, log }: { readonly clock: Clock; readonly log: Log }
): Promise<Report> {
  const queue: { readonly parameters: object; readonly atMs: number }[] = [];
  const cloudCode = {
    scheduleTask({ parameters: next, after = 0 }: { readonly parameters: object; readonly after?: number }) {
      queue.push({ parameters: next, atMs: clock.nowMs() + after });
      return Promise.resolve();
    }
  };
  // Whoever types the number of users back has armed it.
  const environment = { LOCK_USERS_ARMED: 'true', ...taskEnvironment(target) };
  const task = createTask({ db, cloudCode, environment, log });
  let report = await task.run(parameters);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    await clock.sleep(Math.max(0, next.atMs - clock.nowMs()));
    report = await task.run(next.parameters);
  }
  return report;
}

/** What a person should know before the task runs here. */
export function describeDirect({ access, variables }: Target): string {
  const own = Object.keys(variables);
  return `--direct: the task runs on this machine and works on ${access.backendUrl}, with ${own.length === 0 ? 'no variables' : own.join(', ')} of .journeyrc. What is set in OXIDE does not apply, least of all who is protected there.`;
}

/**
 * A run that does not know whom OXIDE protects must be told who is.
 *
 * @throws SettingsError where `.journeyrc` does not say
 */
export function refuseUnprotected({ variables }: Target): void {
  const { LOCK_USERS_PROTECTED: ids = '', LOCK_USERS_PROTECTED_WHERE: rule = '' } = variables;
  if (ids.trim() !== '' || rule.trim() !== '') return;
  throw new SettingsError(
    '--direct does not know whom OXIDE protects. Put LOCK_USERS_PROTECTED or LOCK_USERS_PROTECTED_WHERE into "variables" of the deployment in .journeyrc; "none" says that nobody is. Nothing was sent.'
  );
}
