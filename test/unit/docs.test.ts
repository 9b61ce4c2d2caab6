import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERROR_CATALOGUE } from '../../cloudcode/lock_users/src/error-catalogue';
import { PARAMETERS } from '../../cloudcode/lock_users/src/input/parameters';
import { VARIABLES } from '../../cloudcode/lock_users/src/input/variables';
import { formatReference } from '../../tasks/reference/format-reference';
import { listDocuments, readDocument, ROOT } from '../support/documents';

/** Parameters that the reference names below the table. */
const BELOW_THE_TABLE = ['continuation', 'notBefore', 'wipe'];

/** The cells of the first table below a heading, without the head of the table. */
function readTable(path: string, heading: string): string[][] {
  const lines = readDocument(path).split('\n');
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`${path} has no heading "${heading}".`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, after).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim())
  );
}

function describeDefinitions(definitions: Readonly<Record<string, { doc: string; defaultText: string }>>): string[][] {
  return Object.entries(definitions).map(([name, { doc, defaultText }]) => [`\`${name}\``, doc, defaultText]);
}

/** What links of a document point to inside the repository: the path, and the heading in it if the link names one. */
function listLinks(path: string): { readonly file: string; readonly anchor: string | undefined }[] {
  const prose = readDocument(path).replace(/^```.*?^```/gms, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      return { file: file === '' ? path : join(dirname(path), file), anchor };
    });
}

/** The anchors of a document's headings, as GitHub makes them. */
function listAnchors(path: string): string[] {
  return [...readDocument(path).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
      .replaceAll(' ', '-')
  );
}

test('docs/reference.md is what npm run reference writes', () => {
  expect(readDocument('docs/reference.md')).toBe(formatReference());
});

test('the reference documents every parameter in the words of the code', () => {
  const documented = readTable('docs/reference.md', '## Parameters of a run');
  const expected = describeDefinitions(PARAMETERS).filter(([name]) => !BELOW_THE_TABLE.includes(unquote(name)));

  expect(documented).toEqual(expected);
});

test.each(BELOW_THE_TABLE)('the reference says below the table what becomes of the parameter %s', (name) => {
  const [, section = ''] = readDocument('docs/reference.md').split('## Parameters of a run\n');
  const [text = ''] = section.split('\n## ');

  expect(PARAMETERS).toHaveProperty(name);
  expect(text).toContain(`\`${name}\``);
});

test('the reference documents every variable in the words of the code', () => {
  expect(readTable('docs/reference.md', '## Variables of the deployment')).toEqual(describeDefinitions(VARIABLES));
});

test('the reference documents every error code in the words of the code', () => {
  const documented = readTable('docs/reference.md', '## Error codes').map(([code, meaning]) => [code, meaning]);

  expect(documented).toEqual(Object.entries(ERROR_CATALOGUE).map(([code, { meaning }]) => [`\`${code}\``, meaning]));
});

test('every error code of the reference says what to do', () => {
  const advice = readTable('docs/reference.md', '## Error codes').map((cells) => cells[2] ?? '');

  expect(advice.filter((text) => !/^[A-Z`].*\.$/.test(text))).toEqual([]);
});

test('the README has at most 1300 words', () => {
  expect(
    readDocument('README.md')
      .split(/\s+/)
      .filter((word) => /\w/.test(word)).length
  ).toBeLessThanOrEqual(1300);
});

test('the README documents the ten parameters that people need, in the words of the code', () => {
  const documented = readTable('README.md', '## The parameters that you need');

  expect(documented).toHaveLength(10);
  expect(describeDefinitions(PARAMETERS)).toEqual(expect.arrayContaining(documented));
});

test('the README shows the picture of npm start, and says in words what is on it', () => {
  const [, words = ''] = /!\[([^\]]*)\]\(docs\/npm-start\.svg\)/.exec(readDocument('README.md')) ?? [];

  expect(words.split(/\s+/).length).toBeGreaterThan(10);
});

test('the README arms a deployment last, after the record, the data rules, the dry run and one user', () => {
  const steps = [...readDocument('README.md').matchAll(/^(\d)\. \*\*(.*?)\.?\*\*/gm)].map((match) => match[2]);

  expect(steps).toEqual([
    'Copy',
    'Set the variables',
    'Keep a record, and keep it off the devices',
    'Dry run',
    'Rehearse with one user',
    'Arm'
  ]);
});

test.each(listDocuments())('every link in %s leads to a file, and to a heading where it names one', (path) => {
  const broken = listLinks(path).filter(({ file, anchor }) => {
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && !listAnchors(file).includes(anchor);
  });

  expect(broken).toEqual([]);
});

function unquote(name = ''): string {
  return name.replaceAll('`', '');
}
