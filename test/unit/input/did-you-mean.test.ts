import { findNearestName } from '../../../cloudcode/lock_users/src/input/did-you-mean';

test.each([
  ['dryrun', 'dryRun'],
  ['dry_run', 'dryRun'],
  ['DRYRUN', 'dryRun'],
  [' wipe', 'wipe'],
  ['userId', 'userIds'],
  ['users', 'userIds'],
  ['xyzzyplugh', undefined],
  ['', undefined],
  ['w'.repeat(100_000), undefined]
])('the name nearest to %.20j is %j', (name, expected) => {
  expect(findNearestName(name, ['dryRun', 'userIds', 'wipe'])).toBe(expected);
});
