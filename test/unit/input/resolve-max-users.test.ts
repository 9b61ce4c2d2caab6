import { resolveMaxUsers } from '../../../cloudcode/lock_users/src/input/resolve-max-users';

test.each([
  [{}, {}, Infinity],
  [{ maxUsers: 10 }, {}, 10],
  [{}, { maxUsers: 5 }, 5],
  [{ maxUsers: 10 }, { maxUsers: 5 }, 5],
  [{ maxUsers: 10 }, { maxUsers: 10 }, 10]
])('a deployment with %j and parameters with %j allow %d users', (settings, parameters, expected) => {
  expect(resolveMaxUsers(settings, parameters)).toBe(expected);
});

test('a parameter cannot raise the limit of the deployment', () => {
  expect(() => resolveMaxUsers({ maxUsers: 10 }, { maxUsers: 11 })).toThrow(
    '"maxUsers" is 11, but LOCK_USERS_MAX_USERS allows 10 on this deployment; a parameter can only lower it.'
  );
});
