import { parseDataModel } from '../../../tasks/local/backend/state/parse-data-model';
import { DISPLAY, FIELD, listMistakes, typed, wrap } from '../../support/list-mistakes';

// The vendor's check (github.com/journeyapps-platform/journey-lib, its public source) was run on the same texts: it refuses each
// of them at the same element. Where ours is stricter, the test says so.

test.each<[string, string, string]>([
  ['no display', wrap(FIELD), 'line 2, column 1: The model "a" has no display. Add <display>{…}</display>'],
  [
    'no label',
    wrap(`<field name="t" type="text"/>${DISPLAY}`),
    'line 3, column 1: The field "a.t" has no label. Add label="…".'
  ],
  ['a model without a label', wrap(FIELD + DISPLAY, 'name="a"'), 'line 2, column 1: The model "a" has no label.'],
  ['no type', wrap(`<field name="t" label="T"/>${DISPLAY}`), 'line 3, column 1: The field "a.t" has no type.'],
  [
    'a field too late',
    wrap(`<display/>\n${FIELD}`),
    'line 4, column 1: <field> stands too late. The order is: fields, relations'
  ],
  [
    'a relation too late',
    wrap(`${FIELD}\n${DISPLAY}\n<belongs-to model="a"/>`),
    'line 5, column 1: <belongs-to> stands too late.'
  ],
  [
    'a field after a relation',
    wrap(`<belongs-to model="a"/>\n${FIELD}${DISPLAY}`),
    'line 4, column 1: <field> stands too late.'
  ],
  [
    'an unknown field in the display',
    wrap(`${FIELD}\n<display>{t} {nope}</display>`),
    'line 4, column 14: The display of "a" names "nope"'
  ],
  [
    'one in its second line',
    wrap(`${FIELD}\n<display>{t}\n {nope}</display>`),
    'line 5, column 2: The display of "a" names "nope"'
  ],
  [
    'one in an attribute',
    wrap(`${FIELD}\n<display format="{nope}"/>`),
    'line 4, column 18: The display of "a" names "nope"'
  ],
  [
    'one behind a relation',
    wrap(`${FIELD}<belongs-to model="a" name="b"/>\n<display>{b.t} {b.nope}</display>`),
    'line 4, column 16: The display of "a" names "b.nope"'
  ],
  [
    'a reserved name of a field',
    wrap(`<field name="account_id" label="T" type="text"/><display/>`),
    'line 3, column 13: The platform keeps the name "account_id"'
  ],
  [
    'a reserved name of a model',
    wrap(FIELD + DISPLAY, 'name="object" label="A"'),
    'line 2, column 13: The platform keeps the name "object"'
  ],
  [
    'a name with a blank',
    wrap(FIELD + DISPLAY, 'name="my a" label="A"'),
    'line 2, column 13: The model "my a" has no proper name.'
  ],
  [
    'the same field twice',
    wrap(`${FIELD}\n${FIELD}${DISPLAY}`),
    'line 4, column 13: The model "a" has the field "t" twice. Remove one.'
  ],
  ['an unknown type', wrap(typed('string')), 'line 3, column 32: The field "a.c" has the type "string"'],
  [
    'an unknown subtype',
    wrap(typed('text:nope')),
    'line 3, column 32: The field "a.c" has the unknown subtype "nope". Take one of address,'
  ],
  [
    'a relation to an unknown model',
    wrap(`${FIELD}\n<belongs-to model="nope"/>${DISPLAY}`),
    'line 4, column 19: A relation of "a" leads to the model "nope", which is not there. The models are a.'
  ],
  [
    'a list of an unknown model',
    wrap(`${FIELD}\n<has-many model="nope" name="n"/>${DISPLAY}`),
    'line 4, column 17: A relation of "a" leads to the model "nope"'
  ],
  [
    'a list without its other side',
    wrap(`${FIELD}\n<has-many model="a" name="as"/>${DISPLAY}`),
    'line 4, column 1: The list "as" of "a" has no other side. Add <belongs-to model="a"/> to the model "a".'
  ],
  [
    'a relation twice',
    wrap(`${FIELD}<belongs-to model="a"/>\n<belongs-to model="a"/>${DISPLAY}`),
    'line 4, column 1: The model "a" has two relations "a".'
  ],
  [
    'a list with two other sides',
    wrap(
      `${FIELD}<belongs-to model="a" name="b"/><belongs-to model="a" name="c"/>\n<has-many model="a" name="as"/>${DISPLAY}`
    ),
    'line 4, column 1: "a" belongs to "a" in 2 ways. Add inverse-of="…" with b or c.'
  ],
  [
    'a list of an unknown side',
    wrap(`${FIELD}<belongs-to model="a" name="b"/>\n<has-many model="a" name="as" inverse-of="x"/>${DISPLAY}`),
    'line 4, column 42: The model "a" has no relation "x".'
  ],
  [
    'two lists of one relation',
    wrap(`${FIELD}<belongs-to model="a"/><has-many model="a" name="b"/>\n<has-many model="a" name="c"/>${DISPLAY}`),
    'line 4, column 1: The relation "a" belongs to the list "b" already.'
  ],
  [
    'a boolean with one option',
    wrap(typed('boolean', '<option key="true">Y</option>')),
    'needs an option for true and one for false'
  ],
  [
    'a key twice',
    wrap(typed('single-choice', '<option key="x">X</option><option key="x">Y</option>')),
    'has the key "x", as one before it.'
  ],
  [
    'a key without text',
    wrap(typed('single-choice', '<option key="">X</option>')),
    '"key" of an option of "c" is empty.'
  ],
  [
    'a choice without a key, in which ours is stricter',
    wrap(typed('single-choice', '<option>X</option>')),
    'has no key. Add key="…".'
  ],
  [
    'a key that is no number, in which ours is stricter',
    wrap(typed('single-choice-integer', '<option key="x">X</option>')),
    'has the key "x", which is no whole number.'
  ],
  [
    'a webhook of an unknown type',
    wrap(`${FIELD}${DISPLAY}\n<webhook type="x"/>`),
    'line 4, column 15: A webhook of model "a" must have the type "ready" or "update".'
  ],
  [
    'a webhook without a type',
    wrap(`${FIELD}${DISPLAY}\n<webhook/>`),
    'line 4, column 1: A webhook of model "a" must have the type'
  ],
  [
    'a webhook without an action',
    wrap(`${FIELD}${DISPLAY}<webhook type="ready" receiver="cloudcode"/>`),
    'has an action if and only if it has a receiver.'
  ],
  [
    'a webhook with an unknown field, in which ours is stricter',
    wrap(`${FIELD}${DISPLAY}<webhook type="ready"><field name="x"/></webhook>`),
    'names "x", which is no field and no relation of the model.'
  ],
  [
    'a webhook whose flag is neither true nor false',
    wrap(`${FIELD}${DISPLAY}<webhook type="ready"><field name="t" required="yes"/></webhook>`),
    'says required="yes"'
  ],
  [
    'an index on an unknown field',
    wrap(`${FIELD}${DISPLAY}\n<index on="t,x"/>`),
    'line 4, column 11: An index of model "a" is on "x"'
  ],
  ['another root', '<schema/>', 'line 1, column 1: The data model begins with <schema>. Begin with <data-model>.'],
  ['no model', '<data-model/>', 'line 1, column 1: The data model has no model.'],
  [
    'a tag that is not closed',
    '<data-model>\n<model>\n</data-model>',
    'line 2, column 8: The data model is not well-formed XML'
  ]
])('%s is refused, with its place and what to do', (_what, xml, message) => {
  expect(listMistakes(xml)).toEqual([expect.stringContaining(message)]);
});

test.each([
  [
    '<data-model>\n<model>',
    'line 2, column 1: The data model is not well-formed XML: unclosed xml tag(s): data-model, model. Mend this first.'
  ],
  [
    '<data-model>&x;</data-model>',
    'line 1, column 1: The data model is not well-formed XML: entity not found:&x;. Mend this first.'
  ],
  ['', 'line 1, column 1: The data model is not well-formed XML: missing root element. Mend this first.']
])('of %j, which is not well-formed, nothing but the place, the reason and what to do is said', (xml, message) => {
  expect(() => parseDataModel(xml)).toThrow(new Error(message));
});

test('a byte order mark, which XML allows, is no part of the data model', () => {
  const xml = wrap(FIELD + DISPLAY);

  expect(parseDataModel(`\uFEFF${xml}`)).toEqual({ ...parseDataModel(xml), xml: `\uFEFF${xml}` });
  expect(() => parseDataModel(`\uFEFF\uFEFF${xml}`)).toThrow('Unexpected content outside root element');
});

test('all mistakes are told at once, in the order of the text', () => {
  const xml = wrap(`<display>{nope}</display>\n<field name="t" type="text:x"/>\n<belongs-to model="b"/>`);

  expect(() => parseDataModel(xml)).toThrow('it has 6 mistakes:\n  line 3, column 10: The display');
  expect(listMistakes(xml).map((line) => /line \d+, column \d+/.exec(line)?.[0])).toEqual([
    'line 3, column 10',
    'line 4, column 1',
    'line 4, column 1',
    'line 4, column 22',
    'line 5, column 1',
    'line 5, column 19'
  ]);
});
