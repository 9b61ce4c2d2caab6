import { callBackend } from '../support/call-backend';
import { TaskOnBackend } from '../support/TaskOnBackend';

test('the built task names the users whom its report lists, with one request, and the log does not', async () => {
  const on = await TaskOnBackend.start();
  const { userIds } = on.backend.seed({ users: 20 });
  const [first, second] = userIds;
  await callBackend(on.backend, 'PATCH', `objects/user/${first}.json`, { user: { name: 'Jo\n\u202eDoe' } });
  await callBackend(on.backend, 'PATCH', `objects/user/${second}.json`, { user: { name: 'Ada' } });
  const { runId } = await on.lock({ userIds: userIds.slice(5) });
  await on.lock({ userIds: [first, second] });

  const report = await on.lock({ undo: runId });

  expect(report.stillLocked?.users).toEqual([
    expect.objectContaining({ userId: first, name: 'Jo\\n\\u202eDoe', type: 'NOT_BY_THAT_RUN' }),
    expect.objectContaining({ userId: second, name: 'Ada', type: 'NOT_BY_THAT_RUN' })
  ]);
  const asked = on.backend.requests().filter(({ path }) => path.endsWith('objects/user/query.json'));
  expect(asked).toHaveLength(1);
  expect(on.log.join('\n')).not.toContain('Ada');
  const { text } = await callBackend(on.backend, 'GET', 'objects/lock_run.json');
  expect(text).not.toContain('Ada');
  await on.backend.close();
});
