import { UserReasons } from '../../../cloudcode/lock_users/src/users/UserReasons';

test('a user has the last reason that was set, until it is deleted', () => {
  const reasons = new UserReasons();
  reasons.set(0, { type: 'A', detail: 'a' });
  reasons.set(5000, { type: 'B', detail: 'b' });
  reasons.set(0, { type: 'B', detail: 'b' });
  reasons.delete(5000);
  reasons.delete(1_000_000);

  expect([reasons.get(0), reasons.get(1), reasons.get(5000)]).toEqual([
    { type: 'B', detail: 'b' },
    undefined,
    undefined
  ]);
});

test('equal reasons are kept once', () => {
  const reasons = new UserReasons();
  for (let user = 0; user < 3; user++) reasons.set(user, { type: 'A', detail: `${'the same'}` });

  expect(reasons.get(1)).toBe(reasons.get(0));
  expect(reasons.get(2)).toBe(reasons.get(0));
});

test('of more than 10 000 reasons that differ every type is kept, and the detail of the first', () => {
  const reasons = new UserReasons();
  for (let user = 0; user < 10_000; user++) reasons.set(user, { type: 'A', detail: `${user}` });
  reasons.set(10_000, { type: 'A', detail: 'one more' });
  reasons.set(10_001, { type: 'A', detail: 'and another' });
  reasons.set(10_002, { type: 'LOCKED_AGAIN', detail: 'important' });
  reasons.set(10_003, { type: 'A', detail: '7' });

  expect(reasons.get(9999)).toEqual({ type: 'A', detail: '9999' });
  expect(reasons.get(10_000)).toEqual({ type: 'A', detail: expect.stringContaining('not kept') });
  expect(reasons.get(10_001)).toBe(reasons.get(10_000));
  expect(reasons.get(10_002)?.type).toBe('LOCKED_AGAIN');
  expect(reasons.get(10_003)).toEqual({ type: 'A', detail: '7' });
});
