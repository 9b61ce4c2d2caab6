import { countNoun } from '../shared/count-noun';
import { countDone, countWiped } from './format-demo';
import type { DemoResult } from './DemoResult';

/** What must hold in the end and does not, as sentences. Empty where the demo has shown what it is for. */
export function findFailedChecks(result: DemoResult): string[] {
  const { lock, undo, again, states, devices, control, protectedDevices, lockedByHand, stillLocked } = result;
  const locked = countDone(lock, 'locked');
  const unlocked = countDone(undo, 'unlocked');
  const unlockedAgain = countDone(again, 'unlocked');
  const wiped = countWiped(result);
  const { lockedUsers } = states.end;
  const checks: [holds: boolean, otherwise: string][] = [
    [lock.status === 'done', `The lock run ended as "${lock.status}".`],
    [undo.status === 'done', `Undoing it ended as "${undo.status}".`],
    [unlocked === locked, `${countNoun(locked, 'user was', 'users were')} locked, and ${unlocked} unlocked.`],
    [wiped === 0, `${countNoun(wiped, 'session was', 'sessions were')} wiped.`],
    [result.wipedRows === 0, `Devices have lost ${countNoun(result.wipedRows, 'row')}.`],
    [
      devices.rowsLost === 0,
      `${countNoun(devices.rowsLost, 'row is', 'rows are')} neither in the backend nor on devices of locked users.`
    ],
    [
      result.wronglyLetIn === 0,
      `${countNoun(result.wronglyLetIn, 'device of a locked user', 'devices of locked users')} could sign in.`
    ],
    [
      stillLocked === lockedByHand && lockedUsers === lockedByHand,
      `${countNoun(lockedByHand, 'user was', 'users were')} locked by hand; ${stillLocked} of them and ${lockedUsers} in all are locked.`
    ],
    [
      devices.back === devices.loginScreens && protectedDevices.inApp === protectedDevices.all,
      `Signed out: ${countNoun(devices.loginScreens, 'device')}; back: ${devices.back}. Devices of protected users in the app: ${protectedDevices.inApp} of ${protectedDevices.all}.`
    ],
    [
      again.status === 'done' && unlockedAgain === 0,
      `Undoing the run again ended as "${again.status}" and unlocked ${countNoun(unlockedAgain, 'user')}.`
    ],
    [control.rowsLost > 0, 'The control has lost nothing, so the count of rows proves nothing.']
  ];
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}
