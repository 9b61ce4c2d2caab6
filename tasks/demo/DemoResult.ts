import type { Report } from '../../cloudcode/lock_users';
import type { StateSummary } from '../local/backend/start-backend';
import type { RowCount } from './SimulatedUsers';
import type { ControlResult } from './run-control';

/** The result of the demo: the task's reports, and the figures of the backend and the devices. */
export interface DemoResult {
  readonly lock: Report;
  readonly undo: Report;
  readonly again: Report;
  /** The backend before the lock run, after it, and in the end. */
  readonly states: { readonly before: StateSummary; readonly locked: StateSummary; readonly end: StateSummary };
  readonly devices: DeviceFigures;
  /** Rows that devices say they have lost. */
  readonly wipedRows: number;
  /** Devices of locked users that could sign in. */
  readonly wronglyLetIn: number;
  readonly lockedByHand: number;
  /** How many of those are locked in the end. */
  readonly stillLocked: number;
  /** Devices of protected users that are in the app in the end, of how many. */
  readonly protectedDevices: { readonly inApp: number; readonly all: number };
  readonly control: ControlResult;
}

/** The state of the devices at the end, and of what was entered on them. */
export interface DeviceFigures extends RowCount {
  readonly devices: number;
  /** Devices that the run sent to the login screen. */
  readonly loginScreens: number;
  /** Devices of those that are in the app again. */
  readonly back: number;
}
