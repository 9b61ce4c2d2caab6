import { ACTION_LABELS } from '../actions/ActionLabels';
import { countUsers } from '../reasons/stop-reason';
import type { ActiveRun } from './ActiveRun';

/** Milliseconds between the looks at users that are not shown in the goal state: `READ_LAG_MS` in all. Ours. */
export const LOOK_DELAYS_MS = [300, 600, 1200, 2400, 4800, 9600, 15_000, 11_100] as const;

/**
 * Looks until every user that was sent is shown in the goal state, or it has waited long enough: a read may lag behind a write.
 *
 * @param look reads users, all of them or those that are missing, and returns those that still are
 * @returns users that are missing still; undefined: the run stops
 */
export async function lookPatiently(
  run: ActiveRun,
  look: (missing?: readonly number[]) => Promise<readonly number[]>
): Promise<readonly number[] | undefined> {
  const { sender, ports, recorder } = run;
  let missing = await look();
  for (const delayMs of LOOK_DELAYS_MS) {
    if (sender.stop !== undefined) return undefined;
    if (missing.length === 0) return missing;
    ports.log.line(`${describeMissing(run, missing)}. Looking again in ${delayMs / 1000} s.`);
    recorder?.saveOutcomes();
    if (!(await sender.wait(delayMs))) return undefined;
    missing = await look(missing);
  }
  return sender.stop === undefined ? missing : undefined;
}

/** `3 users are still unlocked`. */
export function describeMissing({ roster }: ActiveRun, missing: readonly number[]): string {
  const are = missing.length === 1 ? 'is' : 'are';
  return `${countUsers(missing.length)} ${are} ${ACTION_LABELS[roster.goal.action].missing}`;
}
