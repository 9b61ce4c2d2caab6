import { UserQueue } from '../../../cloudcode/lock_users/src/users/UserQueue';

const users = (count: number): number[] => Array.from({ length: count }, (_, user) => user);

test('of several that wait for users at the same time each gets as many as it asks for, while more are to come', async () => {
  const queue = new UserQueue();
  const taken: number[][] = [];
  const takers = users(3).map(async () => void taken.push([...(await queue.take(10))]));

  queue.add(users(18));
  await new Promise(setImmediate);
  expect(taken.map(({ length }) => length)).toEqual([10]);
  queue.add(users(7));
  queue.close();
  await Promise.all(takers);

  expect(taken.map(({ length }) => length)).toEqual([10, 10, 5]);
});
