import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDataModel } from '../../../../tasks/local/backend/state/parse-data-model';
import { insertModels } from '../../../../tasks/lock-users/install/insert-models';

const ROOT = join(__dirname, '..', '..', '..', '..');
const SNIPPET = readFileSync(join(ROOT, 'examples', 'schema-snippet.xml'), 'utf8');
const SCHEMA = readFileSync(join(ROOT, 'schema.xml'), 'utf8');
const APP = SCHEMA.replace(SNIPPET, '');

test('examples/schema-snippet.xml is the part of schema.xml that holds the two models: copy it there after a change', () => {
  expect(SCHEMA).toContain(SNIPPET);
  expect(APP).not.toContain('lock_run');
});

test('an app without the models gets both, with the rest of its file as it was, and nothing the second time', () => {
  const { schema, inserted } = insertModels(APP, SNIPPET);

  expect(schema).toBe(SCHEMA);
  expect(inserted).toEqual(['model lock_run', 'model lock_run_batch']);
  expect(insertModels(schema, SNIPPET)).toEqual({ schema, inserted: [], differences: [] });
});

test.each([
  ['tabs', '\t'],
  ['four spaces', '    ']
])('the models get the indentation (%s) and the line ends of the file', (_case, unit) => {
  const app = APP.replace(/^ +/gm, (spaces) => unit.repeat(spaces.length / 2)).replaceAll('\n', '\r\n');
  const { schema } = insertModels(app, SNIPPET);

  expect(schema).toContain(`\r\n${unit}<model name="lock_run" label="Lock run">\r\n${unit}${unit}<field name="action"`);
  expect(schema.replaceAll('\r\n', '')).not.toContain('\n');
  expect(insertModels(schema, SNIPPET).inserted).toEqual([]);
});

test('a data model in one line stays well-formed', () => {
  const app =
    '<data-model><model name="user" label="User"><field name="name" label="Name" type="text"/><display>{name}</display></model></data-model>';
  const { schema } = insertModels(app, SNIPPET);

  expect(schema.startsWith('<data-model><model name="user"')).toBe(true);
  expect([...parseDataModel(schema).models.keys()]).toEqual(['user', 'lock_run', 'lock_run_batch']);
});

test("an older copy gets each field, option and relation that it lacks, in the vendor's order, and keeps its own", () => {
  const older = SCHEMA.replace(/ *<field name="undone_by".*\n/, '')
    .replace(/ *<option key="stalled".*\n/, '')
    .replace(/ *<has-many model="lock_run_batch".*\n/, '')
    .replace(/ *<belongs-to model="lock_run" .*\n/, '')
    .replace('    <field name="reason"', '    <field name="mine" label="Mine" type="text"/>\n    <field name="reason"');

  const { schema, inserted, differences } = insertModels(older, SNIPPET);

  expect([...inserted].sort()).toEqual([
    'lock_run: field status: option stalled',
    'lock_run: field undone_by',
    'lock_run: has-many batches',
    'lock_run_batch: belongs-to lock_run'
  ]);
  expect(differences).toEqual([]);
  expect(schema.replace(/ *<field name="mine".*\n/, '')).toBe(SCHEMA);
  expect(parseDataModel(schema).models.get('lock_run')?.fields.has('mine')).toBe(true);
});

test('a model in a comment is none, and a display of the app stays', () => {
  const commented = APP.replace('</data-model>', `<!-- ${SNIPPET.replace(/<!--[^]*?-->/, '')} -->\n</data-model>`);
  expect(insertModels(commented, SNIPPET).inserted).toEqual(['model lock_run', 'model lock_run_batch']);

  const shown = SCHEMA.replace('<display>{status} {started_at}</display>', '<display>{message}</display>');
  expect(insertModels(shown, SNIPPET)).toEqual({ schema: shown, inserted: [], differences: [] });
});

test('a field of another type is named and left as it is', () => {
  const other = SCHEMA.replace(
    'name="invocation" label="Invocation" type="integer"',
    'name="invocation" label="Invocation" type="text"'
  );

  expect(insertModels(other, SNIPPET)).toEqual({
    schema: other,
    inserted: [],
    differences: ['lock_run: field invocation has the type "text", and "integer" is needed']
  });
});
