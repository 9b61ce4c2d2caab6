import { Lookout } from '../../../cloudcode/lock_users/src/requests/Lookout';
import { RequestSender } from '../../../cloudcode/lock_users/src/requests/RequestSender';
import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import { FakeClock, RecordingLog } from '../../support/fake-ports';

test('a request that waits for a look leaves after the pause that the platform asks for meanwhile', async () => {
  const clock = new FakeClock();
  const ports = { clock, log: new RecordingLog(), random: () => 0 };
  const sender = new RequestSender(ports, { pace: { rate: 16, burst: 600 }, budgetMs: 270_000 });
  sender.lookout = new Lookout(clock, clock.monotonicMs() - 60_000, () => {
    clock.now += 200;
    sender.pauseAll(1000);
    return Promise.resolve(clock.monotonicMs());
  });
  const beganAtMs = clock.monotonicMs();

  const leftAtMs = await sender.read('users', () => Promise.resolve(clock.monotonicMs()));

  expect(leftAtMs - beganAtMs).toBeGreaterThanOrEqual(1200);
});

test.each([
  ['what the server asked for', 3000, 3000],
  ['an hour at most', 1e12, 3_600_000],
  ['no pause where it asked for none', undefined, 0]
])('where a wait does not fit the budget, the next invocation keeps %s', async (_what, retryAfterMs, pauseMs) => {
  const clock = new FakeClock();
  const ports = { clock, log: new RecordingLog(), random: () => 1 };
  const sender = new RequestSender(ports, { pace: { rate: 16, burst: 600 }, budgetMs: 10_000 });
  const failed = backendError('BACKEND_UNAVAILABLE', 'x', {
    status: 502,
    ...(retryAfterMs !== undefined && { retryAfterMs })
  });

  await sender.send({
    kind: 'batch',
    operations: 1,
    attemptsBefore: 0,
    attempt: () => {
      clock.now += 1000;
      return Promise.reject(failed);
    }
  });

  expect(sender.stop).toMatchObject({ code: 'TIME_BUDGET' });
  expect(sender.pauseLeftMs).toBe(pauseMs);
});
