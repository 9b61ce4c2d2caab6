import { planRun } from '../../../cloudcode/lock_users/src/core/plan-run';
import { userId, userIds } from '../../support/user-id';

function plan(sets: { protectedIds?: number[]; excludedIds?: number[]; lockedIds?: number[] }) {
  const toSet = (numbers: number[] = []) => new Set(numbers.map(userId));
  return planRun({
    selectedIds: userIds(4),
    protectedIds: toSet(sets.protectedIds),
    excludedIds: toSet(sets.excludedIds),
    lockedIds: toSet(sets.lockedIds)
  });
}

test('everybody is planned, in order, where nobody is to be left alone', () => {
  expect(plan({})).toEqual({
    plannedIds: userIds(4),
    counts: { selected: 4, protected: 0, excluded: 0, alreadyLocked: 0, planned: 4 }
  });
});

test('protected, excluded and locked users are left alone and counted', () => {
  expect(plan({ protectedIds: [0], excludedIds: [1], lockedIds: [2] })).toEqual({
    plannedIds: [userId(3)],
    counts: { selected: 4, protected: 1, excluded: 1, alreadyLocked: 1, planned: 1 }
  });
});

test('a user who is several of these counts once: protected before excluded before already locked', () => {
  expect(plan({ protectedIds: [0], excludedIds: [0, 1], lockedIds: [0, 1] }).counts).toEqual({
    selected: 4,
    protected: 1,
    excluded: 1,
    alreadyLocked: 0,
    planned: 2
  });
});

test('users who are not selected count nowhere', () => {
  expect(plan({ protectedIds: [7], excludedIds: [8], lockedIds: [9] }).counts.selected).toBe(4);
});
