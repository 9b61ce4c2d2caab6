import { formatMoment } from '../../cloudcode/lock_users/src/input/unlock-at';
import { sendTrigger } from '../../tasks/trigger/send-trigger';
import { LocalPlatform } from '../support/LocalPlatform';

test('the undo that a run has ordered stays with the platform where the command that waits for it is ended', async () => {
  const local = await LocalPlatform.start();
  const { backend, runtime, note } = local.platform;
  backend.seed({ users: 3 });
  const unlockAt = formatMoment(Date.now() + 3_600_000);
  const command = new AbortController();

  const outcome = await sendTrigger(
    note,
    { kind: 'test', task: 'lock_users', params: { unlockAt } },
    {
      onLog: () => undefined,
      onState: ({ isRunning, orders }) => void (!isRunning && orders.length === 1 && command.abort()),
      signal: command.signal
    }
  );
  const [run] = await local.runs();
  while (!local.log.some((line) => line.includes('Kept: lock_users at '))) await new Promise(setImmediate);

  expect(outcome.finished).toMatchObject([{ result: { status: 'killed', reason: 'aborted' } }]);
  expect(backend.state().lockedUsers).toBe(3);
  const order = {
    task: 'lock_users',
    atMs: Date.parse(unlockAt),
    params: expect.objectContaining({ undo: run?.['run_id'] })
  };
  expect(runtime.orders).toMatchObject([order]);
  await local.platform.close();
});
