import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UNKNOWNS as TABLE } from '../../tasks/contract/unknowns';
import { SWITCH_VALUES } from '../../tasks/local/backend/control/Switches';

const ROOT = resolve(__dirname, '..', '..');

interface Unknown {
  readonly assumed: string;
  readonly switchName: string;
  readonly otherwise: string;
  readonly file: string;
  readonly words: string;
}

function readUnknowns(): Unknown[] {
  const lines = readFileSync(join(ROOT, 'docs', 'unknowns.md'), 'utf8').split('\n');
  const rows = lines.filter((line) => /^\| (?!-|Assumed )/.test(line));
  return rows.map((line) => {
    const [, assumed = '', switchName = '', otherwise = '', settledBy = ''] = line
      .split('|')
      .map((cell) => cell.trim());
    const [, file = '', words = ''] = /^`([a-z-]+\.test\.ts)`: "(.+)"$/.exec(settledBy) ?? [];
    return { assumed, switchName, otherwise, file, words };
  });
}

const UNKNOWNS = readUnknowns();

test('docs/unknowns.md names every switch, and no other', () => {
  const named = UNKNOWNS.flatMap(({ switchName }) => /^`(\w+)`$/.exec(switchName)?.[1] ?? []);

  expect([...new Set(named)].sort()).toEqual(Object.keys(SWITCH_VALUES).sort());
});

test.each(UNKNOWNS)('"$assumed" says what the task does, and is settled by a contract test: $file', (unknown) => {
  const { assumed, switchName, otherwise, file, words } = unknown;

  expect(assumed).toMatch(/\.$/);
  expect(switchName).not.toBe('');
  expect(otherwise).toMatch(/\.$/);
  expect(readFileSync(join(ROOT, 'test', 'contract', file), 'utf8')).toContain(words);
});

test('npm run contract knows every unknown of docs/unknowns.md, in its order', () => {
  const table = Object.values(TABLE).map((unknown) => [
    unknown.assumed,
    'switchName' in unknown ? `\`${unknown.switchName}\`` : undefined
  ]);
  const listed = UNKNOWNS.map(({ assumed, switchName }) => [
    assumed,
    /^`\w+`$/.test(switchName) ? switchName : undefined
  ]);

  expect(table).toEqual(listed);
});

test('docs/local-backend.md lists every switch with its values, the default first', () => {
  const text = readFileSync(join(ROOT, 'docs', 'local-backend.md'), 'utf8');
  const listed = [...text.matchAll(/^\| `(\w+)` +\| (`[^|]+) \|/gm)].map(([, name, values = '']) => [
    name,
    values.split(',').map((value) => value.trim().replaceAll('`', ''))
  ]);

  expect(Object.fromEntries(listed)).toMatchObject(SWITCH_VALUES);
});
