import { backendError } from '../../../cloudcode/lock_users/src/requests/classify-response';
import type { FakePlatform } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { StopFixture } from '../../support/StopFixture';

let fixture: StopFixture;
let platform: FakePlatform;
beforeEach(() => {
  fixture = new StopFixture();
  ({ platform } = fixture);
});

test('a run that waits for what a Retry-After asks stops within 10 s', async () => {
  platform.answerBatch = () => {
    fixture.stop();
    throw backendError('BACKEND_UNAVAILABLE', 'Closed.', { status: 503, retryAfterMs: 200_000 });
  };
  const before = platform.clock.now;

  const report = await runOnFake(platform);

  expect(platform.clock.now - before).toBeLessThanOrEqual(10_000);
  expect(report).toMatchObject({ status: 'stopped', counts: { locked: 0 } });
  expect(platform.batches).toHaveLength(1);
});

test('after a pause of the rate limit the first thing is to look whether the run is to stop', async () => {
  platform.answerBatch = () => {
    fixture.stop();
    throw backendError('BACKEND_RATE_LIMITED', 'Too many.', { status: 429, retryAfterMs: 60_000 });
  };

  const report = await runOnFake(platform);

  expect(report).toMatchObject({ status: 'stopped', counts: { locked: 0 } });
  expect(platform.batches).toHaveLength(1);
});

test('a run that waits for its users to be shown stops within 10 s', async () => {
  platform.answerBatch = (operations) => {
    fixture.stop();
    return { operations: operations.map(() => ({ success: true })) };
  };
  const before = platform.clock.now;

  const report = await runOnFake(platform, { canary: 0 });

  expect(platform.clock.now - before).toBeLessThanOrEqual(10_000);
  expect(report).toMatchObject({ status: 'stopped', verified: false, counts: { locked: 0, unconfirmed: 40 } });
  expect(platform.batches).toHaveLength(1);
});
