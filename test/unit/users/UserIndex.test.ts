import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { UserIndex } from '../../../cloudcode/lock_users/src/users/UserIndex';
import { userIds } from '../../support/user-id';

test('ids get numbers in the order in which they come, each one, and numbers give the ids back', () => {
  const ids = [...userIds(5000), ...Array.from({ length: 5000 }, () => randomUUID())];
  const index = new UserIndex();

  expect(ids.map((id) => index.add(id))).toEqual(ids.map((_, number) => number));
  expect(ids.map((id) => index.add(id))).toEqual(ids.map((_, number) => number));
  expect(index.size).toBe(ids.length);
  expect(ids.map((_, number) => index.idOf(number))).toEqual(ids);
});

test('an id that was not added is not found', () => {
  const index = new UserIndex();
  for (const id of userIds(10)) index.add(id);

  expect(index.find(randomUUID())).toBeUndefined();
  expect(index.find('Pat')).toBeUndefined();
});

test('ids that are looked for in the order in which they came, and then in another one, have their numbers', () => {
  const ids = ['Pat', ...userIds(3), '', '00000000-0000-0000-0000-000000000000', randomUUID()];
  const index = new UserIndex();
  const numbers = new Map(ids.map((id) => [id, index.add(id)]));

  for (const look of [ids, [...ids].reverse(), [...ids, ...ids]]) {
    expect(look.map((id) => index.find(id))).toEqual(look.map((id) => numbers.get(id)));
    expect(look.map((id) => index.add(id))).toEqual(look.map((id) => numbers.get(id)));
  }
  expect(index.find(userIds(4)[3] ?? '')).toBeUndefined();
  expect(index.size).toBe(ids.length);
});

test('an id of zeros is not taken for the text that came after the id before it', () => {
  const index = new UserIndex();
  const first = userIds(1)[0] ?? '';
  index.add(first);
  index.add('Pat');
  index.find(first);

  expect(index.find('00000000-0000-0000-0000-000000000000')).toBeUndefined();
  index.find(first);
  expect(index.add('00000000-0000-0000-0000-000000000000')).toBe(2);
});

test('whatever text comes as an id, no two are mixed up', () => {
  const similar = fc.constantFrom(
    '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-00000000000A',
    '00000000-0000-4000-8000-00000000000a',
    '00000000-0000-4000-8000-00000000000g',
    '00000000-0000-4000-8000-00000000000é',
    '00000000000040008000000000000001',
    // All its bits are those of an id that is kept as text.
    '00000000-0000-0000-0000-000000000000',
    '',
    '__proto__'
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uuid(), fc.string(), similar), { maxLength: 200 }), (ids) => {
      const index = new UserIndex();
      const numbers = ids.map((id) => index.add(id));

      expect(numbers.map((number) => index.idOf(number))).toEqual(ids);
      expect(new Set(numbers).size).toBe(new Set(ids).size);
      expect(ids.map((id) => index.find(id))).toEqual(numbers);
    })
  );
});
