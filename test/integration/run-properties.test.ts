import fc from 'fast-check';
import { HttpBackendApi } from '../../cloudcode/lock_users/src/platform/HttpBackendApi';
import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { parseParameters } from '../../cloudcode/lock_users/src/input/parse-parameters';
import { Secret } from '../../cloudcode/lock_users/src/input/Secret';
import { createContext } from '../../cloudcode/lock_users/src/run/RunContext';
import { runInvocation } from '../../cloudcode/lock_users/src/run/run-invocation';
import { Headers } from 'node-fetch';
import { VirtualClock } from '../../tasks/shared/VirtualClock';
import { FakePlatform } from '../support/fake-ports';
import { userId, userIds } from '../support/user-id';

/** What the server does with one operation: whether it locks the user, and what it says. */
interface OperationFate {
  readonly applied: boolean;
  readonly entry: unknown;
}

/** What the server does with a batch as a whole, after it has dealt with its operations. */
type BatchFate = 'answer' | 'short' | 'long' | 'no JSON' | 'drop' | 'html 502' | '429' | '400' | '401';

const SUCCESS: OperationFate = { applied: true, entry: { success: true } };
const TRUTHFUL: OperationFate[] = [
  SUCCESS,
  { applied: false, entry: { success: false, error: { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' } } },
  { applied: true, entry: null },
  { applied: false, entry: {} },
  { applied: true, entry: { success: 'yes' } }
];
const UNTRUTHFUL: OperationFate[] = [
  { applied: false, entry: { success: true } },
  { applied: true, entry: { success: false, error: { type: 'X' } } }
];
const BATCH_FATES: BatchFate[] = [
  'answer',
  'answer',
  'answer',
  'short',
  'long',
  'no JSON',
  'drop',
  'html 502',
  '429',
  '400',
  '401'
];

/** Refused before anything was applied. */
const NOT_APPLIED: readonly BatchFate[] = ['429', '400', '401'];

const scenarios = fc.record({
  locked: fc.array(fc.boolean(), { maxLength: 40 }),
  protectedNumbers: fc.array(fc.nat(45), { maxLength: 5 }),
  excludedNumbers: fc.array(fc.nat(45), { maxLength: 5 }),
  operationFates: fc.array(fc.constantFrom(...TRUTHFUL, ...UNTRUTHFUL), { minLength: 1, maxLength: 20 }),
  batchFates: fc.array(fc.constantFrom(...BATCH_FATES), { minLength: 1, maxLength: 10 }),
  batchSize: fc.integer({ min: 1, max: 12 }),
  pageSize: fc.integer({ min: 1, max: 50 }),
  armed: fc.boolean()
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;

const backendUrl = 'https://backend.example.test/api/v4/64b0c0ffee64b0c0ffee64b0';

/** An answer as it goes over the wire; undefined: the connection is dropped. */
type WireAnswer = { status?: number; body: string } | undefined;

/** Plays a scenario; returns the report, who was locked in the end, and what was posted. */
async function play(scenario: Scenario): Promise<{ report: Report; locked: Set<string>; bodies: string[] }> {
  const ids = userIds(scenario.locked.length);
  const locked = new Set(ids.filter((_, n) => scenario.locked[n]));
  const bodies: string[] = [];
  let batchNumber = 0;
  let operationNumber = 0;

  function answerBatch(body: string): WireAnswer {
    const { operations } = JSON.parse(body) as { operations: { user_id: string }[] };
    const fate = scenario.batchFates[batchNumber++ % scenario.batchFates.length] ?? 'answer';
    const entries = operations.map((operation) => {
      const { applied, entry } = scenario.operationFates[operationNumber++ % scenario.operationFates.length] ?? SUCCESS;
      if (applied && !NOT_APPLIED.includes(fate)) locked.add(operation.user_id);
      return entry;
    });
    if (fate === 'short') entries.pop();
    if (fate === 'long') entries.push({ success: true });
    if (fate === 'no JSON') return { body: 'OK' };
    if (fate === 'drop') return undefined;
    if (fate === 'html 502') return { status: 502, body: '<html></html>' };
    if (fate === '429') return { status: 429, body: '{"type":"TOO_MANY_REQUESTS"}' };
    if (fate === '400') return { status: 400, body: '{"type":"INVALID_API_REQUEST"}' };
    if (fate === '401') return { status: 401, body: 'HTTP Basic: Access denied.' };
    return { body: JSON.stringify({ operations: entries }) };
  }

  function answer(url: URL, body: string): WireAnswer {
    if (url.pathname.endsWith('/batch.json')) {
      bodies.push(body);
      return answerBatch(body);
    }
    if (url.pathname.endsWith('/info.json')) return { body: '{"label":"Stub","environment":"testing"}' };
    const skip = Number(url.searchParams.get('skip'));
    const page = ids.slice(skip, skip + scenario.pageSize);
    const objects = page.map((id) => ({ id, locked: locked.has(id) }));
    return { body: JSON.stringify({ objects, more: skip + page.length < ids.length }) };
  }

  const clock = new VirtualClock();
  const token = new Secret('not-a-real-one');
  const backend = new HttpBackendApi({ backendUrl, token, authScheme: 'Bearer' }, clock, async (url, init) => {
    await clock.sleep(10);
    const given = answer(new URL(url), (init.body as string | undefined) ?? '');
    if (given === undefined) throw new Error('socket hang up');
    return { status: given.status ?? 200, headers: new Headers(), text: () => Promise.resolve(given.body) };
  });
  const fake = new FakePlatform(ids);
  fake.pageSize = scenario.pageSize;
  const settings = {
    backendUrl,
    backendId: '64b0c0ffee64b0c0ffee64b0',
    token,
    webhook: false,
    armed: scenario.armed,
    userModel: 'user',
    protectedIds: [...new Set(scenario.protectedNumbers.map(userId))],
    pace: { rate: 16, burst: 600 },
    budgetMs: 270_000,
    authScheme: 'Bearer' as const
  };
  const parameters = parseParameters({
    excludeUserIds: scenario.excludedNumbers.map(userId),
    batchSize: scenario.batchSize
  });
  const report = await clock.run(
    runInvocation(createContext(settings, parameters, { ...fake.ports(), backend, clock }))
  );
  if (report === 'cut') throw new Error('The run was cut.');
  return { report, locked, bodies };
}

test('for any users, lock states, protections and answers: one outcome each, truthful, and nothing posted without "wipe":false', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { report, locked, bodies } = await play(scenario);
      const { counts } = report;

      // Every operation that left the process has the literal "wipe":false, counted on the raw text.
      const posted = bodies.flatMap((body) => body.match(/"user_id":"[^"]*"/g) ?? []);
      expect(bodies.flatMap((body) => body.match(/"wipe":false/g) ?? [])).toHaveLength(posted.length);
      expect(bodies.join('').match(/wipe/g) ?? []).toHaveLength(posted.length);
      // Nobody who was to be left alone is posted.
      const leftAlone = [...scenario.protectedNumbers, ...scenario.excludedNumbers].map(
        (n) => `"user_id":"${userId(n)}"`
      );
      expect(posted.filter((id) => leftAlone.includes(id))).toEqual([]);
      if (!scenario.armed) expect(posted).toEqual([]);

      expect(report.stopReason?.code).not.toBe('INVARIANT');

      // One outcome each.
      expect(counts.selected).toBe(scenario.locked.length);
      expect(counts.protected + counts.excluded + (counts.alreadyLocked ?? 0) + counts.planned).toBe(counts.selected);
      expect((counts.locked ?? 0) + counts.failed + counts.unconfirmed + counts.notAttempted).toBe(counts.planned);
      expect(new Set(report.failures.map((failure) => failure.userId)).size).toBe(counts.failed + counts.unconfirmed);

      // Truthful, as far as the server could be asked: whoever is locked counts so, and nobody else does.
      if (report.verified) {
        const leftAloneIds = new Set([...scenario.protectedNumbers, ...scenario.excludedNumbers].map(userId));
        const lockedByRunOrBefore = [...locked].filter((id) => !leftAloneIds.has(id)).length;
        expect((counts.locked ?? 0) + (counts.alreadyLocked ?? 0)).toBe(lockedByRunOrBefore);
        expect(report.failures.filter((failure) => locked.has(failure.userId))).toEqual([]);
      }
      expect(report.status === 'done').toBe(
        scenario.armed && counts.locked === counts.planned && report.stopReason === undefined
      );
    }),
    { numRuns: 150 }
  );
});
