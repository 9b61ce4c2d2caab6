import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import type { Settings } from '../../cloudcode/lock_users/src/input/settings';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import { RecordingLog } from './fake-ports';
import type { FakePlatform } from './fake-ports';

/** The backend deployment of a run on a FakePlatform. */
export const BACKEND_ID = '64b0c0ffee64b0c0ffee64b0';

/** The settings of such a run. */
export const SETTINGS: Settings = {
  backendUrl: `https://backend.example.test/api/v4/${BACKEND_ID}`,
  backendId: BACKEND_ID,
  token: new Secret('not-a-real-one'),
  authScheme: 'Bearer',
  webhook: false,
  armed: true,
  protectedIds: [],
  userModel: 'user',
  pace: { rate: 1000, burst: 1000 },
  budgetMs: 270_000
};

/** Runs the task on a fake platform, armed unless `settings` say otherwise. */
export async function runOnFake(
  platform: FakePlatform,
  params: unknown = {},
  settings: Partial<Settings> = {},
  log = new RecordingLog()
): Promise<Report> {
  return runInvocation(createContext({ ...SETTINGS, ...settings }, parseParameters(params), platform.ports(log)));
}
