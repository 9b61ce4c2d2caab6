import { countDone, countWiped } from './format-demo';
import type { DemoResult } from './run-demo';

/** What must hold in the end and does not, as sentences; none where the demo shows what it is for. */
export function findFailedChecks(result: DemoResult): string[] {
  const { lock, undo, again, states, devices, control, protectedDevices } = result;
  const checks: [holds: boolean, otherwise: string][] = [
    [lock.status === 'done', `The lock run ended as "${lock.status}".`],
    [undo.status === 'done', `Undoing it ended as "${undo.status}".`],
    [
      countDone(undo, 'unlocked') === countDone(lock, 'locked'),
      `${countDone(lock, 'locked')} users were locked, and ${countDone(undo, 'unlocked')} unlocked.`
    ],
    [countWiped(result) === 0, `${countWiped(result)} sessions were wiped.`],
    [result.wipedRows === 0, `Devices have lost ${result.wipedRows} rows.`],
    [devices.rowsLost === 0, `${devices.rowsLost} rows are neither in the backend nor on devices of locked users.`],
    [result.wronglyLetIn === 0, `${result.wronglyLetIn} devices of locked users could sign in.`],
    [
      result.stillLocked === result.lockedByHand && states.end.lockedUsers === result.lockedByHand,
      `${result.lockedByHand} users were locked by hand; ${result.stillLocked} of them and ${states.end.lockedUsers} in all are locked.`
    ],
    [
      devices.back === devices.loginScreens && protectedDevices.inApp === protectedDevices.all,
      `${devices.loginScreens} devices were signed out and ${devices.back} are back; of protected users, ${protectedDevices.inApp} of ${protectedDevices.all} are in the app.`
    ],
    [
      again.status === 'done' && countDone(again, 'unlocked') === 0,
      `Undoing the run again ended as "${again.status}" and unlocked ${countDone(again, 'unlocked')} users.`
    ],
    [control.rowsLost > 0, 'The control has lost nothing, so the count of rows proves nothing.']
  ];
  return checks.filter(([holds]) => !holds).map(([, otherwise]) => otherwise);
}
