import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { UndoFixture } from '../../support/UndoFixture';
import { runOnFake } from '../../support/run-on-fake';

test('"last" means a run again whose undo could let nobody in', async () => {
  const fixture = new UndoFixture();
  const { platform } = fixture;
  const { runId } = await runOnFake(platform);
  fixture.passTime();
  const read = platform.readUserStates.bind(platform);
  platform.readUserStates = () => Promise.reject(backendError('BACKEND_UNAUTHORIZED', 'The token is wrong.'));
  expect(await fixture.undo('last')).toMatchObject({ status: 'failed', stopReason: { usersChanged: 'no' } });
  platform.readUserStates = read;

  const report = await fixture.undo('last');

  expect(report).toMatchObject({ status: 'done', undoes: runId, counts: { unlocked: 6 } });
});
