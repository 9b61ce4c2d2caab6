import { readTrigger } from '../../../cloudcode/lock_users/src/triggers/read-trigger';
import { userId } from '../../support/user-id';

const OBJECT = { id: userId(1), type: 'lock_run', status: { key: 'requested' }, updated_at: '2026-11-24T12:00:00Z' };

test.each([undefined, null, {}, { dryRun: true }])('%j are parameters', (params) => {
  expect(readTrigger(params)).toMatchObject({ kind: 'parameters', parameters: { action: 'lock' } });
});

test.each<[string, unknown]>([
  ['the documented payload of external webhooks', { event: 'e', account_id: 'a', operation: 'create', object: OBJECT }],
  ['the bare object', OBJECT]
])('%s is a webhook, of which the id counts', (_name, payload) => {
  expect(readTrigger(payload)).toEqual({ kind: 'webhook', objectId: userId(1) });
});

test.each<[string, unknown]>([
  ['an object of another model', { ...OBJECT, type: 'user' }],
  ['a payload about another model', { event: 'e', object: { ...OBJECT, type: 'user' } }],
  ['a payload without an object', { event: 'e', account_id: 'a' }],
  ['a payload with a list as its object', { event: 'e', object: [OBJECT] }],
  ['an object without an id', { ...OBJECT, id: undefined }],
  ['an object with an empty id', { ...OBJECT, id: '' }]
])('%s is refused', (_name, payload) => {
  expect(() => readTrigger(payload)).toThrow('This looks like the payload of a webhook, but it is not about an object');
});
