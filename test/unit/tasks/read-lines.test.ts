import { Readable } from 'node:stream';
import { readLines } from '../../../tasks/shared/read-lines';

async function read(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(Readable.from(chunks, { objectMode: true }))) lines.push(line);
  return lines;
}

test.each([
  ['U+2028', '\u2028'],
  ['U+2029', '\u2029'],
  ['a carriage return', '\r'],
  ['a vertical tab', '\v'],
  ['a next line', '\u0085']
])('%s inside a line does not end it', async (_name, character) => {
  expect(await read(`{"reason":"a${character}b"}\n`, 'last')).toEqual([`{"reason":"a${character}b"}`, 'last']);
});

test('a line may come in pieces, and a character too', async () => {
  const bytes = Buffer.from('añb\n€\n');

  expect(await read(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(['añb', '€']);
});

test('a carriage return before a line feed belongs to the end of the line, and empty lines are lines', async () => {
  expect(await read('one\r\n\ntwo\r', '\n')).toEqual(['one', '', 'two']);
});

test('nothing is no line', async () => {
  expect(await read()).toEqual([]);
});
