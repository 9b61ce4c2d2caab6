import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { checkEvidence } from '../../tasks/chaos/check-evidence';
import { ChaosPlatform } from '../../tasks/chaos/ChaosPlatform';
import { makeScenario } from '../../tasks/chaos/make-scenario';
import { prepareExpectation } from '../../tasks/chaos/prepare-expectation';

const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);
/** Users of a scenario that is set up within milliseconds. */
const SMALL = 100;

test('a seed draws the same deployment, run and faults with and without evidence; what is added comes after them', () => {
  for (const seed of SEEDS) {
    const without = makeScenario(seed, { evidence: false });
    const drawn = makeScenario(seed);

    expect({
      ...drawn,
      evidence: false,
      triesBatchUnlock: false,
      switches: {
        ...drawn.switches,
        repeatError: 'invalid-operation',
        filterById: 'works',
        batchUnlock: 'refused-operation',
        retryAfterHeader: 'absent',
        usersApi: 'there'
      },
      faults: drawn.faults.slice(0, without.faults.length)
    }).toEqual(without);
    expect(drawn).toEqual(makeScenario(seed));
  }
});

test('every fault of evidence is drawn by some seed, and the emulator takes every script', () => {
  const added = SEEDS.map((seed) => {
    const { faults } = makeScenario(seed);
    return faults.slice(makeScenario(seed, { evidence: false }).faults.length);
  });
  const kinds = new Set(added.flat().map(({ kind }) => kind));

  expect([...kinds].sort()).toEqual([
    'cache',
    'change-users',
    'error-body',
    'fail-operations',
    'heavy-page',
    'malformed-users',
    'no-progress',
    'other-order',
    'read-lag',
    'stale-date'
  ]);
  for (const seed of SEEDS) {
    const scenario = makeScenario(seed);
    if (scenario.users <= SMALL) expect(() => new ChaosPlatform(scenario).startFaults()).not.toThrow();
  }
});

test.each<[string, (ids: readonly string[], report: Report) => Report, readonly string[]]>([
  ['a true report', (_, report) => report, []],
  [
    'a report that calls users failed who are locked',
    ([id = ''], report) => ({
      ...report,
      counts: { ...report.counts, locked: Number(report.counts.locked) - 1, failed: 1 },
      failures: [{ userId: id, outcome: 'failed', type: 'X', detail: '' }]
    }),
    ['1 users are called failed but are locked, such as ', 'The record says: done, ']
  ],
  [
    'a report whose counts do not add up',
    (_, report) => ({ ...report, counts: { ...report.counts, locked: 0 } }),
    ['users are planned, but 0 have an outcome.', 'The record says: done, ']
  ],
  [
    'a report that counts a failure and names nobody',
    (_, report) => ({ ...report, counts: { ...report.counts, locked: Number(report.counts.locked) - 1, failed: 1 } }),
    ['1 users failed or are unconfirmed, but 0 are named.', 'The record says: done, ']
  ],
  [
    'a report that says another status than its record',
    (_, report) => ({ ...report, status: 'partial' }),
    ['The record says: done, ']
  ]
])('%s is told from the truth', async (_, change, expected) => {
  const scenario = {
    ...makeScenario(1, { evidence: false, time: false }),
    action: 'lock' as const,
    faults: [],
    records: true,
    users: 60,
    locked: 5
  };
  const platform = new ChaosPlatform(scenario);
  const expectation = await prepareExpectation(platform, scenario);
  const [last] = await platform.trigger(expectation.parameters);
  if (last === undefined) throw new Error('There is no report.');

  const problems = checkEvidence({
    platform,
    expectation,
    last: change(expectation.eligible, last),
    unreached: [],
    isInGoalState: (id) => platform.user(id).locked,
    mayBeMisled: false
  });

  expect(problems).toHaveLength(expected.length);
  problems.forEach((problem, index) => expect(problem).toContain(expected[index]));
});

test('a user who is unlocked, selected, and named nowhere is found, unless the run says that it could not read everybody', async () => {
  const scenario = {
    ...makeScenario(1, { evidence: false, time: false }),
    action: 'lock' as const,
    faults: [],
    users: 60,
    locked: 5
  };
  const platform = new ChaosPlatform(scenario);
  const expectation = await prepareExpectation(platform, scenario);
  const [last] = await platform.trigger(expectation.parameters);
  if (last === undefined) throw new Error('There is no report.');
  const unreached = expectation.eligible.slice(0, 1);
  const check = (report: Report): readonly string[] =>
    checkEvidence({ platform, expectation, last: report, unreached, isInGoalState: () => false, mayBeMisled: false });
  const stopReason = { code: 'DATABASE_READ_FAILED', message: '', usersChanged: 'no', nextStep: '' } as const;
  const { counts } = last;
  const fewer = {
    ...counts,
    selected: counts.selected - 1,
    planned: counts.planned - 1,
    locked: Number(counts.locked) - 1
  };

  expect(check(last)).toEqual([`1 users are neither locked nor named, such as ${unreached[0]}; the run ended done.`]);
  expect(check({ ...last, status: 'failed', counts: fewer }).join()).toContain('nor named');
  expect(check({ ...last, status: 'failed', counts: fewer, stopReason }).join()).not.toContain('nor named');
});
