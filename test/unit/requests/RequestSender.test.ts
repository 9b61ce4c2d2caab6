import { Lookout } from '../../../cloudcode/lock_users/src/requests/Lookout';
import { RequestSender } from '../../../cloudcode/lock_users/src/requests/RequestSender';
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
