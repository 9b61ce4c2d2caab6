import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideFolder } from '../../tasks/shared/provide-folder';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'provide-'));
  folder = join(parent, 'out');
});
afterEach(() => rmSync(parent, { recursive: true }));

function provide(inputs: string, also: () => void = () => undefined): string {
  return provideFolder({
    folder,
    inputs,
    make: (emptyFolder) => {
      mkdirSync(join(emptyFolder, 'sub'));
      writeFileSync(join(emptyFolder, 'sub', 'text'), `made of ${inputs}`);
      also();
    }
  });
}
const read = (): string => readFileSync(join(folder, 'sub', 'text'), 'utf8');

test('a folder is made once for the same inputs, and again for others', () => {
  expect([provide('a'), provide('a'), provide('b'), provide('b')]).toEqual(['made', 'unchanged', 'made', 'unchanged']);
  expect(read()).toBe('made of b');
  expect(readdirSync(parent)).toEqual(['out']);
});

test.each<[string, () => void]>([
  ['deleted', () => rmSync(join(folder, 'sub', 'text'))],
  ['changed', () => writeFileSync(join(folder, 'sub', 'text'), 'x')],
  ['added', () => writeFileSync(join(folder, 'more'), '')],
  ['left without a stamp', () => rmSync(join(folder, '.stamp.json'))],
  ['left with half a stamp', () => writeFileSync(join(folder, '.stamp.json'), '{"inputs":')]
])('a folder of which something was %s is made again', (_name, damage) => {
  provide('a');
  damage();

  expect(provide('a')).toBe('made');
  expect(read()).toBe('made of a');
  expect(readdirSync(folder).sort()).toEqual(['.stamp.json', 'sub']);
});

test('a folder that cannot be made leaves the earlier one, and nothing beside it', () => {
  provide('a');
  const fail = (): void => {
    throw new Error('no');
  };

  expect(() => provide('b', fail)).toThrow('no');
  expect(read()).toBe('made of a');
  expect(readdirSync(parent)).toEqual(['out']);
});

test('where another process has made the same meanwhile, its folder stays', () => {
  let theirs = 0;
  provide('a', () => {
    provide('a');
    theirs = statSync(folder).ino;
  });

  expect(statSync(folder).ino).toBe(theirs);
  expect(readdirSync(parent)).toEqual(['out']);
});

test('where another process has made something else meanwhile, it is replaced', () => {
  provide('a', () => void provide('b'));

  expect(read()).toBe('made of a');
  expect(readdirSync(parent)).toEqual(['out']);
});

test('processes that make the same folder at once all succeed', async () => {
  const source = `
    const { provideFolder } = require(${JSON.stringify(require.resolve('../../tasks/shared/provide-folder'))});
    const { writeFileSync } = require('node:fs');
    for (let i = 0; i < 100; i++) provideFolder({
      folder: ${JSON.stringify(folder)},
      inputs: String(i % 7),
      make: (path) => { for (let n = 0; n < 5; n++) writeFileSync(path + '/' + n, String(i % 7)); }
    });
  `;
  const codes = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise((resolve) =>
          spawn(process.execPath, ['--import', 'tsx', '-e', source], { stdio: ['ignore', 'ignore', 'inherit'] }).once(
            'close',
            resolve
          )
        )
    )
  );

  expect(codes).toEqual([0, 0, 0]);
  expect(readdirSync(parent)).toEqual(['out']);
  const texts = ['0', '1', '2', '3', '4'].map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(new Set(texts).size).toBe(1);
});
