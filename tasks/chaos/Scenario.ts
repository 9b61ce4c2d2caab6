import type { Pace } from '../../cloudcode/lock_users/src/requests/TokenBucket';
import type { Fault } from '../local/backend/control/Fault';
import type { Limits } from '../local/backend/control/Limits';
import type { Switches } from '../local/backend/control/Switches';
import type { ChaosAction } from './ChaosAction';
import type { TimeFaults } from './TimeFaults';

/** A deployment, its faults, and a run, all drawn by a seed. */
export interface Scenario {
  readonly seed: number;
  readonly action: ChaosAction;
  readonly users: number;
  readonly locked: number;
  readonly twoDevices: number;
  /** Shares of the users, by their place among the ids. */
  readonly protectedEvery: number;
  readonly excludedEvery: number;
  readonly switches: Switches;
  readonly limits: Pick<Limits, 'rate' | 'burst'>;
  readonly faults: readonly Fault[];
  readonly pace: Pace;
  readonly budgetMs: number;
  /** Users that a lock run sends first, 0 to 4. */
  readonly canary: number;
  readonly batchSize: number;
  readonly concurrency: number;
  readonly verify: boolean;
  readonly maxUsers: boolean;
  readonly latencyMs: number;
  /** Whether the app has the models for a record of the run. */
  readonly records: boolean;
  /** Whether the task tries to unlock in batches, which the switch `batchUnlock` answers. */
  readonly triesBatchUnlock: boolean;
  /** Whether faults are among them that make what the run sees late, incomplete or wrong, and reports are held to the truth. */
  readonly evidence: boolean;
  /** Trouble with time and with texts, if any is drawn. */
  readonly time?: TimeFaults;
}
