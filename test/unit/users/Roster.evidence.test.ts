import type { UserState } from '../../../cloudcode/lock_users/src/users/UserState';
import { lockGoal } from '../../../cloudcode/lock_users/src/actions/lock';
import { Roster } from '../../../cloudcode/lock_users/src/users/Roster';
import type { OperationResult } from '../../../cloudcode/lock_users/src/requests/match-results';
import { DONE, FAILED, GOAL, planRoster, REFUSED, UNCONFIRMED } from '../../support/plan-roster';
import { shownUser } from '../../support/shown-user';
import { userId } from '../../support/user-id';

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
  const roster = planRoster(1);
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
    const roster = planRoster(1);
    roster.setResult(0, result);

    look(roster, locked === undefined ? [] : [shownUser(0, locked)]);

    expect(roster.listMissing().filter((user) => roster.isToSendAgain(user))).toEqual(again ? [0] : []);
    expect({ ...roster.countPlan(), ...roster.countOutcomes() }).toMatchObject({ [outcome]: 1 });
    expect(roster.listFailures(10).map((failure) => failure.type)).toEqual(type === undefined ? [] : [type]);
  }
);

test('who could not be sent is not said to be done, or changed by others, whatever is shown of them', () => {
  const roster = planRoster(1);
  roster.setResult(0, { kind: 'unsent', reason: { type: 'ODD_ID', detail: 'd' } });
  look(roster, [shownUser(0, true)]);

  expect(roster.countPlan()).toMatchObject({ already: 0, planned: 1 });
  expect(roster.countOutcomes().failed).toBe(1);
  expect(roster.listMissing()).toEqual([]);
});

test('who was shown in the goal state needs not be shown again, until they are sent again', () => {
  const roster = planRoster(1);
  roster.setResult(0, DONE);
  look(roster, [shownUser(0, true)]);
  look(roster, []);

  expect(roster.countOutcomes().done).toBe(1);

  roster.setResult(0, DONE);
  look(roster, []);

  expect(roster.countOutcomes().unconfirmed).toBe(1);
});

test('who was shown in the goal state and then out of it counts as unconfirmed', () => {
  const roster = planRoster(1);
  roster.setResult(0, DONE);
  look(roster, [shownUser(0, true)]);
  look(roster, [shownUser(0, false)]);
  look(roster, []);

  expect(roster.countOutcomes().unconfirmed).toBe(1);
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
