import type { Action } from './Action';
import type { ActionName } from './ActionLabels';
import { lock } from './lock';
import { reauthenticate } from './reauthenticate';
import { status } from './status';
import { unlock } from './unlock';

/** Every action by its name. */
export const ACTIONS: Readonly<Record<ActionName, Action>> = { lock, unlock, reauthenticate, status };
