import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDataModel } from '../../../tasks/local/backend/state/parse-data-model';
import { DISPLAY, FIELD, listMistakes, typed, wrap } from '../../support/list-mistakes';

// The vendor's check (github.com/journeyapps-platform/journey-lib, its public source) was run on the same texts: it refuses each
// of them at the same element. Where ours is stricter, the test says so.

test("the project's own data model has no mistake and no warning", () => {
  const { models, warnings } = parseDataModel(readFileSync(join(__dirname, '../../../schema.xml'), 'utf8'));

  expect([models.size, warnings]).toEqual([5, []]);
});

test.each<[string, string]>([
  ['a display without fields', wrap('<display>A</display>')],
  ['a display with escaped and formatted fields', wrap(`${FIELD}<display>{{x} {t:.2f} {id} {} {$:f(t)}</display>`)],
  ['a label without text', wrap(`<field name="t" type="text" label=""/>${DISPLAY}`)],
  ['a relation without a list', wrap(`${FIELD}<belongs-to model="a"/>${DISPLAY}`)],
  [
    'choices of integers without keys',
    wrap(`${FIELD}${typed('single-choice-integer', '<option>A</option><option>B</option>')}`)
  ],
  [
    'a webhook with a relation',
    wrap(`${FIELD}<belongs-to model="a"/>${DISPLAY}<webhook type="ready"><field name="a"/></webhook>`)
  ],
  [
    'an index on a relation, descending',
    wrap(`${FIELD}<belongs-to model="a"/>${DISPLAY}<index on="t,-a" database="cloud,app"/>`)
  ]
])('%s is taken', (_what, xml) => {
  expect(listMistakes(xml)).toEqual([]);
  expect(parseDataModel(xml).warnings).toEqual([]);
});

test('what is ignored is told as a warning', () => {
  const content = `<field name="t" label="T" type="text" lable="x"/>\n<belongs_to model="a"/>\n${DISPLAY}<display/>text`;

  expect(parseDataModel(wrap(content)).warnings).toEqual([
    expect.stringMatching(/^line 3, column 45: "lable" is ignored\. <field> may have name, label, type,/),
    expect.stringMatching(/^line 4, column 1: <belongs_to> is ignored here\. <model> may hold <field>, <belongs-to>,/),
    expect.stringMatching(/^line 5, column 23: .*second display/),
    expect.stringMatching(/^line 5, column 33: Text is ignored in <model>\./)
  ]);
});

test('what is parsed: keys that count on, options of a boolean, the other side of a list, relations of a webhook', () => {
  const xml = wrap(
    `${FIELD}<field name="b" label="B" type="boolean"/>
    <field name="n" label="N" type="single-choice-integer"><option key="5">A</option><option>B</option></field>
    <belongs-to model="a" name="p"/><belongs-to model="a" name="q"/><has-many model="a" name="as" inverse-of="q"/>${DISPLAY}
    <webhook type="update"><field name="p"/><field name="t" required="false" embed="false"/></webhook>`
  );
  const model = parseDataModel(xml).models.get('a');

  expect([...(model?.fields.get('n')?.options ?? [])]).toEqual([
    ['5', 'A'],
    ['6', 'B']
  ]);
  expect([...(model?.fields.get('b')?.options ?? [])]).toEqual([
    ['false', 'No'],
    ['true', 'Yes']
  ]);
  expect(model?.hasMany.get('as')).toEqual({ name: 'as', model: 'a', inverse_of: 'q' });
  expect(model?.webhooks).toMatchObject([{ name: 'a_update', required: ['p'], left: ['t'] }]);
});
