import type { Counts } from '../../../cloudcode/lock_users/src/report/Report';
import { SettingsError } from '../../shared/command-errors';
import type { MadePlan } from './make-plan';
import { splitName } from './RunEnd';

/** Counts that say whom a plan is about. */
const COMPARED: readonly (keyof Counts)[] = ['selected', 'protected', 'excluded', 'alreadyLocked', 'planned'];

/**
 * The deployed task counts whom it would change, and this machine lists who they are. A file of these users must not hold others than
 * those that were counted.
 *
 * @param option the file, for a person: `--out plan.json`
 * @throws SettingsError where the two plans differ, or this machine can make none
 */
export function refuseOtherPlan(option: string, { end, local }: MadePlan): void {
  if (local === undefined) return;
  const { report } = local;
  const nothing = `Nothing was sent, and ${option} was not written: it`;
  if (report.status !== 'planned') {
    throw new SettingsError(
      `${nothing} needs the ids of the users, and they cannot be listed with the "variables" of .journeyrc: ${report.stopReason?.message ?? report.status}`
    );
  }
  const different = COMPARED.filter((name) => (end.counts[name] ?? 0) !== (report.counts[name] ?? 0));
  if (different.length === 0) return;
  const list = (counts: Partial<Record<keyof Counts, number>>): string =>
    different.map((name) => `${splitName(name)} ${counts[name] ?? 0}`).join(', ');
  throw new SettingsError(
    `${nothing} would not be what the deployed task plans (${list(end.counts)}), because the users that can be listed here are others (${list(report.counts)}). The list is made with the "variables" of .journeyrc: put LOCK_USERS_PROTECTED and LOCK_USERS_PROTECTED_WHERE there as they are in OXIDE. If they are the same, somebody has changed meanwhile: try again.`
  );
}
