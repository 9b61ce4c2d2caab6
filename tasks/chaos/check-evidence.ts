import { findRecordedRun, listRecordedBatches } from './recorded-runs';
import { ACTION_LABELS } from '../../cloudcode/lock_users/src/actions/ActionLabels';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import type { ChaosPlatform } from './ChaosPlatform';
import type { Expectation } from './Expectation';

/** What the last report of a run is compared with. */
export interface EvidenceParts {
  readonly platform: ChaosPlatform;
  readonly expectation: Expectation;
  readonly last: Report;
  /** Users whom the run should have changed, who are there, and who are not in the goal state. */
  readonly unreached: readonly string[];
  /** Whether a user is there and in the goal state. */
  readonly isInGoalState: (id: string) => boolean;
  /** Whether results may have been given to the wrong users, which only a look at the users shows. */
  readonly mayBeMisled: boolean;
}

const UUID = /^[0-9a-f-]{36}$/;

/** Statuses of a record whose run has ended. */
const ENDED: readonly unknown[] = ['done', 'partial', 'refused', 'stalled', 'failed'];

/**
 * Checks that the last report of a run says of every user what is true, or that it does not know; also where what the run saw
 * was late, incomplete or wrong. Returns what is a lie.
 */
export function checkEvidence(parts: EvidenceParts): string[] {
  const isMisled = parts.mayBeMisled && !parts.last.verified;
  const ofUsers = isMisled ? [] : [...checkFailed(parts), ...checkNamed(parts)];
  return [...ofUsers, ...checkSums(parts), ...checkRecord(parts)];
}

/** Absence of evidence is `unconfirmed`, never `failed`. What others did after the run's last look it cannot know. */
function checkFailed({ platform, expectation, last, isInGoalState }: EvidenceParts): string[] {
  const changed = new Set(platform.emulator.changesByOthers().map(({ userId }) => userId));
  const falsely = last.failures.filter(
    ({ userId, outcome }) => outcome === 'failed' && !changed.has(userId) && isInGoalState(userId)
  );
  if (falsely.length === 0) return [];
  const { participle } = ACTION_LABELS[expectation.action];
  return [`${falsely.length} users are called failed but are ${participle}, such as ${falsely[0]?.userId}.`];
}

/** Who was selected and is not in the goal state is named, or counted among those that are not. */
function checkNamed({ platform, last, unreached, expectation }: EvidenceParts): string[] {
  // Users whom it could not read are not selected, if it says that it could not.
  const unread = last.stopReason === undefined ? 0 : Math.max(0, expectation.selected - last.counts.selected);
  // The list of users would not hold still, and the report says so, and does not call itself verified.
  if (says(last, 'SELECTION_UNSTABLE') && !last.verified) return [];
  const recorded = listRecordedBatches(platform.emulator).flatMap(({ notDone }) => notDone.map(({ userId }) => userId));
  const named = new Set([...last.failures.map(({ userId }) => userId), ...recorded]);
  const unnamed = unreached.filter(
    (id) => !named.has(id) && !isWarnedAbout(last, id) && !isUnnameable(platform, last, id)
  );
  const missing = unnamed.length - (last.failuresOmitted ?? 0) - last.counts.notAttempted - unread;
  if (missing <= 0) return [];
  const { participle } = ACTION_LABELS[expectation.action];
  return [`${missing} users are neither ${participle} nor named, such as ${unnamed[0]}; the run ended ${last.status}.`];
}

/** Every selected user is in exactly one count, and every user that has failed or is unconfirmed is named once. */
export function checkSums({ last }: Pick<EvidenceParts, 'last'>): string[] {
  const { counts, failures, failuresOmitted = 0 } = last;
  const problems: string[] = [];
  const { selected, planned, failed, unconfirmed, notAttempted, locked, unlocked, reauthenticated, ...skipped } =
    counts;
  const sumOf = (numbers: readonly (number | undefined)[]): number =>
    numbers.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  const left = sumOf(Object.values(skipped));
  if (left + planned !== selected) problems.push(`${selected} users are selected, but ${left + planned} counted.`);
  const outcomes = sumOf([locked, unlocked, reauthenticated, failed, unconfirmed, notAttempted]);
  if (last.status !== 'planned' && outcomes !== planned) {
    problems.push(`${planned} users are planned, but ${outcomes} have an outcome.`);
  }
  const names = new Set(failures.map(({ userId }) => userId));
  if (names.size !== failures.length) problems.push(`${failures.length - names.size} users are named twice.`);
  if (failures.length + failuresOmitted !== failed + unconfirmed) {
    problems.push(`${failed + unconfirmed} users failed or are unconfirmed, but ${failures.length} are named.`);
  }
  return problems;
}

/** Where the run could close its record, it says what the report says. */
function checkRecord({ platform, expectation, last }: EvidenceParts): string[] {
  const recorded = findRecordedRun(platform.emulator, last.runId);
  const status = recorded?.get('status');
  if (recorded === undefined || !ENDED.includes(status)) return [];
  if (platform.isRecordIncomplete) return [];
  // The last invocation could not read its record.
  if (Number(recorded.get('invocation')) < last.invocation) return [];
  const { done } = ACTION_LABELS[expectation.action];
  const count = (last.counts[done] ?? 0) + (last.earlier?.[done] ?? 0);
  // A record that was closed by another invocation, or before any user was read, has no such count.
  const recordedCount = recorded.get(done) ?? 0;
  if (status === last.status && recordedCount === count) return [];
  const text = `${String(status)}, ${String(recordedCount)} ${done}`;
  return [`The record says: ${text}; the report says: ${last.status}, ${count} ${done}.`];
}

/** Whether a user is shown without their id, and the report says that there is such a user. */
export function isUnnameable(platform: ChaosPlatform, last: Report, id: string): boolean {
  if (!platform.isHidden(id)) return false;
  return says(last, 'MALFORMED_USERS') || last.failures.some(({ userId }) => !UUID.test(userId));
}

function isWarnedAbout(report: Report, id: string): boolean {
  const { warnings } = report as { readonly warnings?: unknown };
  return warnings !== undefined && JSON.stringify(warnings).includes(id);
}

function says(report: Report, code: string): boolean {
  return JSON.stringify(report).includes(code);
}
