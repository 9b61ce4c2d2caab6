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

test('whatever text comes as an id, no two are mixed up', () => {
  const similar = fc.constantFrom(
    '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-00000000000A',
    '00000000-0000-4000-8000-00000000000a',
    '00000000-0000-4000-8000-00000000000g',
    '00000000-0000-4000-8000-00000000000é',
    '00000000000040008000000000000001',
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
