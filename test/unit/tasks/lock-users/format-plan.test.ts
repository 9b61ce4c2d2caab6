import { formatPlan } from '../../../../tasks/lock-users/run/make-plan';

const CONNECTION = { settings: { pace: { rate: 10, burst: 100 } } };
const END = { runId: 'r', action: 'lock', status: 'planned', report: undefined, message: undefined };

test('the plan of an older task, which does not say what protects users, has one number of them', () => {
  const end = { ...END, counts: { selected: 5, protected: 2, excluded: 0, alreadyLocked: 0, planned: 3 } };

  const text = formatPlan(CONNECTION, { end, count: 3, local: undefined }, []).join('\n');

  expect(text).toMatch(/^selected +5\nprotected +2\nexcluded +0\nalready locked +0\nwould be locked +3\n/);
});
