import type { Report } from '../../cloudcode/lock_users/src/report/Report';
import { checkOutput } from '../../tasks/chaos/check-output';

test.each([
  ['a clean line', ['Result: done'], []],
  ['a line break', ['a\nb'], ['A line holds characters that do harm: "a\\nb"']],
  ['a bidirectional override', ['a\u202eb'], ['A line holds characters that do harm: "a\u202eb"']],
  ['2000 bytes', ['x'.repeat(2000)], []],
  ['2001 bytes', ['x'.repeat(2001)], [`A line has 2001 bytes: ${'x'.repeat(100)}`]],
  ['the line of a long report', [`{"version"${'x'.repeat(3000)}`], []]
])('a log with %s is told', (_name, log, problems) => {
  expect(checkOutput(log, [])).toEqual(problems);
});

test('a report of more than 1 MB is told', () => {
  const report = { reason: 'x'.repeat(1_000_000) } as Report;

  expect(checkOutput([], [report])).toEqual(['1 reports have more than 1 MB.']);
});
