import type { Switches } from '../control/Switches';
import type { BackendState } from '../state/BackendState';

/** What the handlers of the API work on. */
export interface Backend {
  readonly state: BackendState;
  readonly switches: Switches;
  readonly backendId: string;
  readonly label: string;
  readonly environment: string;
  /** ISO 8601, UTC, to the second. */
  readonly startedAt: string;
}
