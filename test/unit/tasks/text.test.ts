import { countNoun } from '../../../tasks/shared/count-noun';
import { wrapText } from '../../../tasks/shared/wrap-text';

test.each([
  [0, '0 users'],
  [1, '1 user'],
  [2, '2 users']
])('%i of a noun has the right form', (count, text) => {
  expect(countNoun(count, 'user')).toBe(text);
});

test('a noun may have a form of its own for many, and a verb with it', () => {
  expect([1, 5].map((count) => countNoun(count, 'person is', 'people are'))).toEqual(['1 person is', '5 people are']);
});

test.each<[string, string, number | undefined, string | undefined, string]>([
  ['a text without a width', 'aa bb cc', undefined, undefined, 'aa bb cc'],
  ['a line that just fits', 'aa bb', 5, undefined, 'aa bb'],
  ['a line that is one too long', 'aa bb', 4, undefined, 'aa\nbb'],
  ['a line of its own', 'aa bb\n\ncc', 4, undefined, 'aa\nbb\n\ncc'],
  ['an indented line', '  aa bb cc', 7, undefined, '  aa bb\n  cc'],
  ['a hanging line', 'aa bb cc', 5, '    ', 'aa bb\n    cc'],
  ['a word that is too long', 'aaaaaaaa bb', 4, undefined, 'aaaaaaaa\nbb'],
  ['an indented word that is too long', '  aaaaaaaa', 4, undefined, '  aaaaaaaa'],
  ['an indentation wider than the line', 'aa bb cc', 3, '     ', 'aa\n     bb\n     cc'],
  ['spaces where it breaks', 'aa     bb', 4, undefined, 'aa\nbb'],
  ['an empty text', '', 4, undefined, '']
])('%s is wrapped between words', (_name, text, columns, hanging, wrapped) => {
  expect(wrapText(text, columns, hanging)).toBe(wrapped);
});
