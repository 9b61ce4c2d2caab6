import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

test('a run is warned of that should have been undone, where its undo could let nobody in', async () => {
  const fixture = new UndoFixture();
  const { platform } = fixture;
  platform.clock.now = 0;
  await runOnFake(platform, { runId: 'shift', unlockAt: '1970-01-01T01:00:00Z' });
  const undo = platform.scheduledAt[0]?.parameters ?? {};
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = () => Promise.reject(backendError('BACKEND_UNAUTHORIZED', 'The token is wrong.'));
  // So late that it comes back no more.
  fixture.passTime(60 * 26);
  expect(await runOnFake(platform, undo)).toMatchObject({ status: 'failed' });
  platform.readUserStates = read;

  const report = await runOnFake(platform, { runId: 'next', action: 'reauthenticate' });

  expect(report.warnings?.map(({ code }) => code)).toContain('UNLOCK_OVERDUE');
});
