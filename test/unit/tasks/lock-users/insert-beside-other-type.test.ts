import { readFileSync } from 'node:fs';
import { insertModels } from '../../../../tasks/lock-users/install/insert-models';
import { parseDataModel } from '../../../../tasks/local/backend/state/parse-data-model';

const SNIPPET = readFileSync('examples/schema-snippet.xml', 'utf8');

test.each([
  '<field name="status" label="Status" type="text"/>',
  '<field name="status" label="Status" type="text"></field>'
])('a field of another type is left as it is: %s', (field) => {
  const before = `<data-model>\n  <model name="lock_run" label="Lock run">\n    ${field}\n    <display>{status}</display>\n  </model>\n</data-model>\n`;
  parseDataModel(before);

  const { schema, inserted, differences } = insertModels(before, SNIPPET);

  expect(differences).toEqual(['lock_run: field status has the type "text", and "single-choice" is needed']);
  expect(inserted.filter((what) => what.includes('field status'))).toEqual([]);
  expect(schema).toContain(field);
  expect(insertModels(schema, SNIPPET)).toMatchObject({ schema, inserted: [] });
});
