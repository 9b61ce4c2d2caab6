import { parseDataModel } from '../../../tasks/local/backend/state/parse-data-model';
import { parseSwitches } from '../../../tasks/local/backend/control/Switches';

test.each<[string, string]>([
  ['<data-model><model', 'not well-formed'],
  ['<data-model><model label="x"/></data-model>', 'A model has no proper name.'],
  ['<data-model><model name="a"><field name="b" type="photo"/></model></data-model>', '"a.b" has the type "photo"'],
  ['<data-model><model name="a"/><model name="a"/></data-model>', 'two models "a"'],
  ['<data-model><model name="a"><belongs-to/></model></data-model>', 'names no model']
])('the data model %s is refused', (xml, sentence) => {
  expect(() => parseDataModel(xml)).toThrow(sentence);
});

test.each<[object, string]>([
  [{ ehco: 'all' }, 'There is no switch "ehco". The switches are echo,'],
  [{ echo: 'some' }, 'The switch "echo" takes nothing, ids, all, not "some".']
])('the switches %j are refused', (switches, sentence) => {
  expect(() => parseSwitches(switches as Record<string, unknown>)).toThrow(sentence);
});
