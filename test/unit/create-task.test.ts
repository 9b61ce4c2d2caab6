import { createTask } from '../../cloudcode/lock_users/src/create-task';

const ENVIRONMENT = {
  JOURNEY_BACKEND_URL: 'http://127.0.0.1:1/api/v4/64b0c0ffee64b0c0ffee64b0',
  JOURNEY_API_TOKEN: 'not-a-real-one'
};

test.each([
  [undefined, 'lock_users'],
  ['night_lock', 'night_lock']
])('a task called %s schedules %s on its own queue', async (taskName, expected) => {
  const scheduled: unknown[] = [];
  const cloudCode = { scheduleTask: (options: unknown) => Promise.resolve(scheduled.push(options)) };
  const task = createTask({
    db: undefined,
    cloudCode,
    environment: ENVIRONMENT,
    ...(taskName !== undefined && { taskName })
  });
  const statuses: number[] = [];

  await task.post({
    request: { url: '/x', body: '{}', header: () => undefined },
    response: { status: (code) => statuses.push(code) }
  });

  expect(statuses).toEqual([202]);
  expect(scheduled).toMatchObject([{ task: expected, queue: expected }]);
});
