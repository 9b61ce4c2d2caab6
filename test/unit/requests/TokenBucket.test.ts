import fc from 'fast-check';
import { TokenBucket } from '../../../cloudcode/lock_users/src/requests/TokenBucket';

const PACE = { rate: 10, burst: 5 };

/** How many tokens can be taken at this moment. */
function drain(bucket: TokenBucket, nowMs: number): number {
  let count = 0;
  while (bucket.take(nowMs) === 0) count++;
  return count;
}

test('a full bucket gives its burst at once and then the rate', () => {
  const bucket = new TokenBucket(PACE, 0);

  expect(drain(bucket, 0)).toBe(5);
  expect(bucket.take(0)).toBe(100);
  expect(drain(bucket, 100)).toBe(1);
  expect(drain(bucket, 1100)).toBe(5);
  expect(drain(bucket, 1350)).toBe(2);
  expect(drain(bucket, 1400)).toBe(1);
});

test('after a 429 nothing leaves until the wait is over, and then less than before', () => {
  const bucket = new TokenBucket(PACE, 0);
  bucket.slowDown(0, 2000);

  expect(bucket.take(500)).toBe(1500);
  expect(bucket.pauseLeftMs(500)).toBe(1500);
  drain(bucket, 2000);
  expect(bucket.state(2000).rate).toBeCloseTo(7.2);
  expect(bucket.take(2000)).toBeGreaterThan(100);
});

test('several 429 at once are one shortage, and the longest wait holds', () => {
  const bucket = new TokenBucket(PACE, 0);
  bucket.slowDown(0, 2000);
  bucket.slowDown(50, 5000);
  bucket.slowDown(60, 1000);

  expect(bucket.state(60).rate).toBeCloseTo(7, 1);
  expect(bucket.take(60)).toBe(4990);
});

test('the rate comes back in half a minute, and never falls below a tenth', () => {
  const bucket = new TokenBucket(PACE, 0);
  for (let n = 0; n < 50; n++) bucket.slowDown(n, 0);
  expect(bucket.state(50).rate).toBeCloseTo(1, 1);

  expect(bucket.state(31_000).rate).toBeLessThan(5);
  expect(bucket.state(100_000).rate).toBe(10);
});

test('a bucket goes on where another left off', () => {
  const first = new TokenBucket(PACE, 0);
  drain(first, 0);
  first.slowDown(0, 0);

  const second = new TokenBucket(PACE, 1000, first.state(0));

  expect(drain(second, 1000)).toBe(5);
  expect(drain(new TokenBucket(PACE, 300, first.state(0)), 300)).toBe(2);
  expect(drain(new TokenBucket(PACE, 0, { tokens: 900, rate: 900, atMs: 5000 }), 0)).toBe(5);
});

test('whatever happens, in any stretch of time no more than burst + rate × time leaves', () => {
  const steps = fc.array(
    fc.record({ waitMs: fc.nat(3000), takes: fc.nat(12), pauseMs: fc.option(fc.nat(4000), { freq: 4 }) }),
    { maxLength: 40 }
  );
  fc.assert(
    fc.property(
      steps,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      fc.integer({ min: 1, max: 30 }),
      (all, rate, burst) => {
        const bucket = new TokenBucket({ rate, burst }, 0);
        const taken: number[] = [];
        let nowMs = 0;
        for (const { waitMs, takes, pauseMs } of all) {
          nowMs += waitMs;
          if (pauseMs !== null) bucket.slowDown(nowMs, pauseMs);
          for (let n = 0; n < takes; n++) if (bucket.take(nowMs) === 0) taken.push(nowMs);
        }
        taken.forEach((fromMs, from) => {
          taken.slice(from).forEach((toMs, count) => {
            expect(count + 1).toBeLessThanOrEqual(burst + (rate * (toMs - fromMs)) / 1000 + 1e-6);
          });
        });
      }
    )
  );
});
