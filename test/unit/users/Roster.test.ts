import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import fc from 'fast-check';
import { lockGoal } from '../../../cloudcode/lock_users/src/actions/lock';
import { Roster } from '../../../cloudcode/lock_users/src/users/Roster';
import type { OperationResult } from '../../../cloudcode/lock_users/src/requests/match-results';
import { shownUser } from '../../support/shown-user';
import { userId, userIds } from '../../support/user-id';

const REASON = { type: 'OBJECT_NOT_FOUND', detail: 'No such user.' };
const DONE: OperationResult = { kind: 'done' };
const GOAL = lockGoal(false);
const FAILED: OperationResult = { kind: 'failed', reason: REASON };
const REFUSED: OperationResult = { kind: 'refused', reason: REASON };
const UNCONFIRMED: OperationResult = { kind: 'unconfirmed', reason: REASON };

/** A roster with planned users, numbered from 0. */
function plan(count: number): Roster {
  const roster = new Roster(GOAL, new Set(), new Set());
  for (const [n, id] of userIds(count).entries()) {
    roster.select(id);
    roster.observe(shownUser(n));
  }
  return roster;
}

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
  expect(plan(2).countOutcomes()).toEqual({ done: 0, failed: 0, unconfirmed: 0, notAttempted: 2 });
});

test('users who failed, were refused, or are unconfirmed are listed with the reason, so many at most', () => {
  const roster = plan(4);
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
  const roster = plan(1);
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

const CONFLICT: OperationResult = { kind: 'failed', reason: { type: 'ALREADY_LOCKED', detail: 'd' } };

test.each<[string, OperationResult[], 'already' | 'done']>([
  ['first answer is an error', [CONFLICT], 'already'],
  ['first two answers are errors', [CONFLICT, CONFLICT], 'already'],
  ['first answer is an error, and the second success', [CONFLICT, DONE], 'done'],
  ['first answer was lost, and the second is an error', [UNCONFIRMED, CONFLICT], 'done'],
  ['first answer is success', [DONE], 'done'],
  ['first answer says that there is no such user', [FAILED], 'already']
])('a user whose %s, and who is then shown locked, counts as %3$s', (_name, results, count) => {
  const roster = plan(1);
  for (const result of results) roster.setResult(0, result);

  look(roster, [shownUser(0, true)]);

  expect({ ...roster.countPlan(), ...roster.countOutcomes() }).toMatchObject({ selected: 1, [count]: 1 });
  expect(roster.listNotDone([0]).map(({ outcome }) => outcome)).toEqual(count === 'already' ? ['already'] : []);
});

test('in a later invocation an error does not show that somebody else has locked a user', () => {
  const roster = new Roster(GOAL, new Set(), new Set(), false);
  roster.select(userId(0));
  roster.observe(shownUser(0, false));
  roster.setResult(0, CONFLICT);

  look(roster, [shownUser(0, true)]);

  expect(roster.countOutcomes().done).toBe(1);
});

test.each<[string, OperationResult, boolean | undefined, string, string | undefined, boolean]>([
  ['locked', DONE, true, 'done', undefined, false],
  ['locked', DONE, false, 'unconfirmed', 'NOT_LOCKED', true],
  ['locked', DONE, undefined, 'unconfirmed', 'NOT_SHOWN', true],
  ['failed', FAILED, true, 'already', undefined, false],
  ['failed', FAILED, false, 'failed', 'OBJECT_NOT_FOUND', true],
  ['failed', FAILED, undefined, 'failed', 'OBJECT_NOT_FOUND', true],
  ['refused', REFUSED, true, 'already', undefined, false],
  ['refused', REFUSED, false, 'failed', 'OBJECT_NOT_FOUND', false],
  ['unconfirmed', UNCONFIRMED, true, 'done', undefined, false],
  ['unconfirmed', UNCONFIRMED, false, 'unconfirmed', 'OBJECT_NOT_FOUND', true],
  ['unconfirmed', UNCONFIRMED, undefined, 'unconfirmed', 'OBJECT_NOT_FOUND', true]
])(
  'a user who was %s (%j) and is then shown as locked: %j ends as %s (%s), and to be sent again: %j',
  (_name, result, locked, outcome, type, again) => {
    const roster = plan(1);
    roster.setResult(0, result);

    look(roster, locked === undefined ? [] : [shownUser(0, locked)]);

    expect(roster.listMissing().filter((user) => roster.isToSendAgain(user))).toEqual(again ? [0] : []);
    expect({ ...roster.countPlan(), ...roster.countOutcomes() }).toMatchObject({ [outcome]: 1 });
    expect(roster.listFailures(10).map((failure) => failure.type)).toEqual(type === undefined ? [] : [type]);
  }
);

test('who could not be sent is not said to be done, or changed by others, whatever is shown of them', () => {
  const roster = plan(1);
  roster.setResult(0, { kind: 'unsent', reason: { type: 'ODD_ID', detail: 'd' } });
  look(roster, [shownUser(0, true)]);

  expect(roster.countPlan()).toMatchObject({ already: 0, planned: 1 });
  expect(roster.countOutcomes().failed).toBe(1);
  expect(roster.listMissing()).toEqual([]);
});

test('who was shown in the goal state needs not be shown again, until they are sent again', () => {
  const roster = plan(1);
  roster.setResult(0, DONE);
  look(roster, [shownUser(0, true)]);
  look(roster, []);

  expect(roster.countOutcomes().done).toBe(1);

  roster.setResult(0, DONE);
  look(roster, []);

  expect(roster.countOutcomes().unconfirmed).toBe(1);
});

test('who was shown in the goal state and then out of it counts as unconfirmed', () => {
  const roster = plan(1);
  roster.setResult(0, DONE);
  look(roster, [shownUser(0, true)]);
  look(roster, [shownUser(0, false)]);
  look(roster, []);

  expect(roster.countOutcomes().unconfirmed).toBe(1);
});

test('a user who was not sent stays not attempted, whatever the users API shows', () => {
  const roster = plan(1);

  look(roster, [shownUser(0, true)]);

  expect(roster.countOutcomes().notAttempted).toBe(1);
});

test('only a planned user can be settled', () => {
  expect(() => plan(1).setResult(1, DONE)).toThrow('sent and not planned');
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
        } else look(roster, [shownUser(n, kind !== 'verify')]);
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

test('in a later invocation without a record an error says nothing: an earlier one may have done it', () => {
  const roster = new Roster(lockGoal(false), new Set(), new Set(), false);
  roster.select(userId(0));
  roster.observe(shownUser(0, false));
  roster.planUnlisted(true);
  roster.setResult(0, CONFLICT);
  look(roster, [shownUser(0, false)]);

  expect(roster.countOutcomes()).toMatchObject({ failed: 0, unconfirmed: 1 });
});
