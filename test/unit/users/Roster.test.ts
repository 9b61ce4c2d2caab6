import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import fc from 'fast-check';
import { Roster } from '../../../cloudcode/lock_users/src/users/Roster';
import { DONE, FAILED, GOAL, planRoster, REASON, REFUSED, UNCONFIRMED } from '../../support/plan-roster';
import { shownUser } from '../../support/shown-user';
import { userId, userIds } from '../../support/user-id';

test.each([
  ['selected first', true],
  ['shown first', false]
])('a user who is %s is planned by the second of the two, once', (_name, selectedFirst) => {
  const roster = new Roster(GOAL, new Set(), new Set());
  const steps = [() => roster.select(userId(1)), () => roster.observe(shownUser(1))];
  if (!selectedFirst) steps.reverse();

  expect([...steps, ...steps].map((step) => step())).toEqual([undefined, 0, undefined, undefined]);
  expect(roster.countPlan()).toMatchObject({ selected: 1, planned: 1 });
});

test('protected counts before excluded, and excluded before already locked', () => {
  const roster = new Roster(GOAL, new Set(userIds(1)), new Set(userIds(2)));
  for (const id of userIds(4)) roster.select(id);
  const planned = [0, 1, 2, 3].map((n) => roster.observe(shownUser(n, n < 3)));

  expect(planned).toEqual([undefined, undefined, undefined, 3]);
  expect(roster.countPlan()).toEqual({
    selected: 4,
    protected: 1,
    excluded: 1,
    already: 1,
    skipped: 0,
    gone: 0,
    planned: 1
  });
});

test('a user who is shown and not selected is in no count', () => {
  const roster = new Roster(GOAL, new Set(), new Set());
  roster.observe(shownUser(1));

  expect(roster.countPlan().selected).toBe(0);
});

test('selected users who are never shown are planned at the end, unless they are to be left alone', () => {
  const roster = new Roster(GOAL, new Set([userId(0)]), new Set([userId(1)]));
  for (const id of userIds(3)) roster.select(id);

  expect(roster.planUnlisted(true)).toEqual([2]);
  expect(roster.findUnlisted(userIds(3))).toEqual(userIds(3));
  expect(roster.countPlan()).toMatchObject({ protected: 1, excluded: 1, planned: 1 });
});

test('a planned user about whom nothing was written is not attempted', () => {
  expect(planRoster(2).countOutcomes()).toEqual({ done: 0, failed: 0, unconfirmed: 0, notAttempted: 2 });
});

test('users who failed, were refused, or are unconfirmed are listed with the reason, so many at most', () => {
  const roster = planRoster(4);
  roster.setResult(3, REFUSED);
  roster.setResult(2, UNCONFIRMED);
  roster.setResult(0, FAILED);
  roster.setResult(1, DONE);

  expect(roster.countOutcomes()).toEqual({ done: 1, failed: 2, unconfirmed: 1, notAttempted: 0 });
  expect(roster.listFailures(10)).toEqual([
    { userId: userId(0), outcome: 'failed', ...REASON },
    { userId: userId(2), outcome: 'unconfirmed', ...REASON },
    { userId: userId(3), outcome: 'failed', ...REASON }
  ]);
  expect(roster.listFailures(1)).toHaveLength(1);
});

test('a later result replaces an earlier one', () => {
  const roster = planRoster(1);
  roster.setResult(0, FAILED);
  roster.setResult(0, DONE);

  expect(roster.countOutcomes().done).toBe(1);
  expect(roster.listFailures(10)).toEqual([]);
});

/** One look at the users after they were sent. */
function look(roster: Roster, shown: readonly UserState[]): void {
  roster.startReading();
  for (const user of shown) roster.verify(user);
  roster.endReading();
}

test('a user who was not sent stays not attempted, whatever the users API shows', () => {
  const roster = planRoster(1);

  look(roster, [shownUser(0, true)]);

  expect(roster.countOutcomes().notAttempted).toBe(1);
});

test('only a planned user can be settled', () => {
  expect(() => planRoster(1).setResult(1, DONE)).toThrow('sent and not planned');
});

test('sessions that turned RESET since the first look are counted by user', () => {
  const roster = new Roster(GOAL, new Set(), new Set());
  for (const [n, resets] of [0, 2].entries()) roster.observe(shownUser(n, false, resets));
  look(
    roster,
    [0, 1, 2].map((n) => shownUser(n, true, 3))
  );

  expect(roster.countResetBefore()).toBe(2);
  expect([...roster.listTurnedReset()]).toEqual([
    [userId(0), 3],
    [userId(1), 1]
  ]);
});

test('whatever happens in whatever order, each selected user is in exactly one place', () => {
  const event = fc.record({
    n: fc.nat(12),
    kind: fc.constantFrom('select', 'show', 'show locked', 'settle', 'verify', 'verify locked'),
    result: fc.constantFrom(DONE, FAILED, REFUSED, UNCONFIRMED)
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 80 }), (events) => {
      const roster = new Roster(GOAL, new Set(userIds(2)), new Set(userIds(4)));
      const [selected, planned] = [new Set<string>(), new Set<number>()];
      const plan = (user: number | undefined): void => {
        if (user !== undefined) planned.add(user);
      };
      for (const { n, kind, result } of events) {
        const id = userId(n);
        if (kind === 'select') {
          selected.add(id);
          plan(roster.select(id));
        } else if (kind.startsWith('show')) {
          plan(roster.observe(shownUser(n, kind !== 'show')));
        } else if (kind === 'settle') {
          for (const user of planned) {
            if (roster.idOf(user) === id && roster.isPlanned(id)) roster.setResult(user, result);
          }
        } else {
          look(roster, [shownUser(n, kind !== 'verify')]);
          // Who was in the goal state at the first look, and is not any more, is planned by a later one.
          roster.listUnsent().forEach(plan);
        }
      }
      roster.planUnlisted(true).forEach(plan);
      const [plans, outcomes] = [roster.countPlan(), roster.countOutcomes()];
      expect(plans.selected).toBe(selected.size);
      // Some that were planned were brought there by somebody else.
      expect(plans.planned).toBeLessThanOrEqual(planned.size);
      expect(plans.protected + plans.excluded + plans.already + plans.planned).toBe(plans.selected);
      expect(outcomes.done + outcomes.failed + outcomes.unconfirmed + outcomes.notAttempted).toBe(plans.planned);
      expect(roster.listFailures(100)).toHaveLength(outcomes.failed + outcomes.unconfirmed);
    })
  );
});
