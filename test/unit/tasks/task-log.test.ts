import { TaskLogPrinter } from '../../../tasks/trigger/TaskLogPrinter';
import { RecordedIo } from '../../support/RecordedIo';

const RESULT = { status: 'done', failures: [{ id: 1 }, { id: 2 }] };
const LOGGED = JSON.stringify({ status: 'done', failures: [{ id: 1 }], failuresOmitted: 1 });

function print(io: RecordedIo, lines: readonly string[], result: unknown): string {
  const log = new TaskLogPrinter(io);
  for (const line of lines) log.line(line);
  log.end(result);
  return io.printed.stderr;
}

test('on a terminal, a result that is logged last is left out of the log', () => {
  expect(print(new RecordedIo({ columns: 500 }), ['Result: done', LOGGED], RESULT)).toBe('Result: done\n');
});

test('in a pipe or a file, the log is whole', () => {
  expect(print(new RecordedIo(), ['Result: done', LOGGED], RESULT)).toBe(`Result: done\n${LOGGED}\n`);
});

test.each<[string, readonly string[], unknown]>([
  ['another JSON', ['{"status":"failed","failures":[]}'], RESULT],
  ['JSON with less than the result', ['{"status":"done"}'], RESULT],
  ['the result before the last line', [LOGGED, 'Bye.'], RESULT],
  ['a result that is not printed', [LOGGED], undefined],
  ['text that begins as JSON', ['{ no JSON'], RESULT]
])('on a terminal, %s is shown, in its place', (_what, lines, result) => {
  expect(print(new RecordedIo({ columns: 500 }), lines, result)).toBe(`${lines.join('\n')}\n`);
});
