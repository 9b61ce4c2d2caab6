import pick from 'lodash/pick';
import type { Report } from '../../cloudcode/lock_users';
import { countNoun } from '../shared/count-noun';
import { countUnsynced, listUsers, MOST_SIMULATED_USERS } from './SimulatedUsers';
import type { SimulatedUsers, RowCount } from './SimulatedUsers';
import type { DemoResult } from './DemoResult';
import type { ControlResult } from './run-control';

/** Title of the last chapter. */
export const CONTROL_TITLE =
  'Control: the same with the mistyped key " wipe" of a forum post, on a throw-away deployment';

/** The users before anything happens, and what is on their devices. */
export function describePeople(
  people: SimulatedUsers,
  { users, offline }: { readonly users: number; readonly offline: number }
): string[] {
  const { all, neverEnrolled, lockedByHand } = people;
  const simulated = Math.min(users, MOST_SIMULATED_USERS);
  const protectedUsers = listUsers(people.protected).length;
  const locked = listUsers(lockedByHand).length;
  return [
    `A JourneyApps backend in this process has ${countNoun(users, 'user')}.` +
      sentenceIf(protectedUsers, 'is protected and keeps', 'are protected and keep', 'working all the time'),
    ...(users > simulated
      ? [`Devices are simulated for ${simulated} of them. The others have sessions in the backend and nothing else.`]
      : []),
    `${countNoun(listUsers(all).length, 'person uses', 'people use')} the app on ${countNoun(all.length, 'device')}.` +
      sentenceIf(neverEnrolled, 'user has', 'users have', 'never signed in') +
      sentenceIf(locked, 'user was', 'users were', 'locked by hand before'),
    `${countNoun(countUnsynced(all), 'inspection is', 'inspections are')} on the devices only, not uploaded yet.` +
      sentenceIf(offline, 'device is', 'devices are', 'offline')
  ];
}

/** A sentence after others, or nothing where it would be about nobody. */
function sentenceIf(count: number, one: string, many: string, rest: string): string {
  return count === 0 ? '' : ` ${countNoun(count, one, many)} ${rest}.`;
}

/** The result of the dry run. */
export function describePlan({ counts }: Report): string {
  return `${counts.selected} selected − ${counts.protected} protected − ${counts.excluded} excluded − ${counts.alreadyLocked} already locked = ${counts.planned} to lock`;
}

/** What the devices show that are online when the lock comes. */
export function describeOnline(devices: number, loginScreens: number, rows: number): string {
  return `${countNoun(devices, 'device is', 'devices are')} online: ${countNoun(loginScreens, 'shows', 'show')} the login screen now, and ${countNoun(rows, 'inspection is', 'inspections are')} still there.`;
}

/** What the devices show that are offline when the lock comes. */
export function describeOffline(devices: number, rowsAdded: number, loginScreens: number): string {
  return `${countNoun(devices, 'is', 'are')} offline, where people work on: ${countNoun(rowsAdded, 'more inspection', 'more inspections')}. Once connected, ${countNoun(loginScreens, 'shows', 'show')} it too.`;
}

/** What is on all devices after that, and what happens when a locked user tries to sign in. */
export function describeKept(people: SimulatedUsers, letIn: number): string {
  const lost = people.all.reduce((sum, { device }) => sum + device.lostCount, 0);
  const kept = countUnsynced([...people.ordinary, ...people.lockedByHand]);
  const signIn = letIn === 0 ? 'is refused' : 'is let in, which must not be';
  return `On devices of locked users: ${countNoun(kept, 'inspection')} kept, ${lost} lost. A locked user who tries to sign in ${signIn}.`;
}

/** How long unlocking would take if the backend kept to the platform's rate limit. */
export function describePace({ counts }: Report): string {
  const seconds = Math.ceil(Math.max(0, counts.planned - 600) / 16);
  const minutes = seconds < 60 ? '' : `${Math.floor(seconds / 60)} min `;
  const time = seconds === 0 ? 'no longer' : `${minutes}${seconds % 60} s`;
  return `No rate limit here. At the platform's pace (600 requests at once, then 16/s) ${countNoun(counts.planned, 'user takes', 'users take')} ${time}.`;
}

/** Which devices are back, and where the rows are. */
export function describeReturn(back: number, refused: number, rows: RowCount): string[] {
  const others = sentenceIf(
    refused,
    'device of a user locked by hand is',
    'devices of users locked by hand are',
    'refused'
  );
  return [
    `${countNoun(back, 'device is back in the app and uploads', 'devices are back in the app and upload')}.${others}`,
    `Inspections: ${rows.rowsEntered} entered = ${rows.rowsInBackend} in the backend + ${rows.rowsOnDevices} on devices of users still locked + ${rows.rowsLost} lost`
  ];
}

/** The result of undoing the same run again. */
export function describeAgain({ status, counts }: Report): string {
  return counts.planned === 0 && status === 'done'
    ? 'Undoing the run once more: nothing is left to undo, and nobody is changed.'
    : `Undoing the run once more: ${status}, ${countNoun(counts.planned, 'user was', 'users were')} left to unlock, which must not be.`;
}

/** The result of the control. */
export function describeControl(control: ControlResult): string[] {
  return [
    `A raw batch request says " wipe": false, with a space in the key, for ${countNoun(control.users, 'user')}. ${countNoun(control.successes, 'operation succeeds', 'operations succeed')}.`,
    `Devices wiped when they connect: ${control.devicesWiped} of ${control.devices}. Inspections lost: ${control.rowsLost} of ${control.rowsEntered}. So the count above can fail.`,
    'What JourneyApps does with that key is published nowhere; this backend does the worst. The task refuses it.'
  ];
}

/**
 * The result as a short table: users on the left, and on the right what they entered. A narrow terminal shows one below the other.
 *
 * @param columns characters in a line of the terminal; undefined for as many as it takes
 */
export function formatResult(result: DemoResult, failed: readonly string[], columns: number | undefined): string {
  const { lock, undo, states, devices, control } = result;
  const failures = [lock, undo].map(({ counts }) => counts.failed + counts.unconfirmed + counts.notAttempted);
  const signedOut = states.before.sessions.ENROLLED - states.locked.sessions.ENROLLED;
  const wipedByLock = states.locked.resetSessions - states.before.resetSessions;
  const left: [string, number][] = [
    ['Users locked by the run', countDone(lock, 'locked')],
    ['Users unlocked by undoing it', countDone(undo, 'unlocked')],
    ['Still locked by somebody else', result.stillLocked],
    ['Users failed or unconfirmed', failures.reduce((sum, count) => sum + count, 0)],
    ['Devices signed out, data kept', signedOut - wipedByLock],
    ['Devices wiped', countWiped(result)]
  ];
  const right: [string, number][] = [
    ['Inspections entered', devices.rowsEntered],
    ['In the backend', devices.rowsInBackend],
    ['On devices of users still locked', devices.rowsOnDevices],
    ['Lost', devices.rowsLost],
    ['Control: devices wiped', control.devicesWiped],
    ['Control: inspections lost', control.rowsLost]
  ];
  const [leftColumn, rightColumn] = [alignRows(left), alignRows(right)];
  const rows = leftColumn.map((text, index) => `  ${text}     ${rightColumn[index] ?? ''}`);
  const fits = columns === undefined || rows.every((row) => row.length <= columns);
  return [
    `Result: ${failed.length === 0 ? 'everything holds' : `${countNoun(failed.length, 'check')} failed`}`,
    ...(fits ? rows : [...leftColumn, ...rightColumn].map((text) => `  ${text}`))
  ].join('\n');
}

function alignRows(rows: readonly [string, number][]): string[] {
  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const numberWidth = Math.max(...rows.map(([, value]) => String(value).length));
  return rows.map(([label, value]) => `${label.padEnd(labelWidth)}  ${String(value).padStart(numberWidth)}`);
}

/** The lock run's report and the backend's own figures after it, and beside them what came later, as one JSON document. */
export function formatJson(result: DemoResult): string {
  const { lock, undo, again, states, devices, control } = result;
  const { before, locked } = states;
  return JSON.stringify(
    {
      ...lock,
      backend: {
        ...pick(locked, ['users', 'lockedUsers', 'resetSessions']),
        // Without those by which users were locked by hand.
        lockRequests: locked.lockRequests - before.lockRequests,
        operations: locked.operations - before.operations
      },
      undo,
      again: pick(again, ['runId', 'status', 'counts']),
      devices,
      control: pick(control, ['devices', 'rowsEntered', 'rowsLost', 'devicesWiped'])
    },
    null,
    2
  );
}

/** How many users a run has changed, in all its invocations. */
export function countDone({ counts, earlier }: Report, name: 'locked' | 'unlocked'): number {
  return (counts[name] ?? 0) + (earlier?.[name] ?? 0);
}

/** Sessions that are to wipe their device, or have done so, since the lock run began. */
export function countWiped({ states }: Pick<DemoResult, 'states'>): number {
  return states.end.resetSessions - states.before.resetSessions;
}
