import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DOMParser } from '@xmldom/xmldom';
import { drawTerminal } from '../../../tasks/picture/draw-terminal';

const ROOT = join(__dirname, '..', '..', '..');
const PICTURE = join(ROOT, 'docs', 'npm-start.svg');

/** The lines of a picture. A mistake in the XML throws. */
function readLines(svg: string): string[] {
  const document = new DOMParser({
    onError: (_level, message) => {
      throw new Error(message);
    }
  }).parseFromString(svg, 'image/svg+xml');
  return Array.from(document.getElementsByTagName('text')).map((element) => element.textContent ?? '');
}

test('a picture shows each line as it was printed, whatever it looks like', () => {
  const lines = ['$ npm start', '', '1. <b>People</b> & "rows"', '   ]]> &amp; {"undo": "…"}'];

  expect(readLines(drawTerminal('What <it> prints', `${lines.join('\n')}\n\n`))).toEqual(lines);
});

test('the picture in the README is of an npm start that went well, and small', () => {
  const lines = readLines(readFileSync(PICTURE, 'utf8'));

  expect(statSync(PICTURE).size).toBeLessThan(200_000);
  expect(lines[0]).toBe('$ npm start');
  expect(lines).toContain('Result: everything holds');
});
