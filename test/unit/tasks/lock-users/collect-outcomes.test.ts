import type { BatchRecord } from '../../../../cloudcode/lock_users/src/records/RunRecord';
import { collectOutcomes, countKnown } from '../../../../tasks/lock-users/run/collect-outcomes';

function batch(values: Partial<BatchRecord>): BatchRecord {
  return {
    id: 'b',
    runRecordId: 'r',
    runId: 'r',
    action: 'lock',
    number: 1,
    state: 'answered',
    sentAtMs: 1000,
    answeredAtMs: 2000,
    userIds: '["ada"]',
    done: 1,
    notDone: '[]',
    ...values
  };
}
const notDone = (outcome: string): Partial<BatchRecord> => ({ notDone: JSON.stringify([{ userId: 'ada', outcome }]) });
const SENT: Partial<BatchRecord> = { state: 'sent', notDone: null, done: null, answeredAtMs: null };

const EARLIER = { sentAtMs: 500 };
const LATER = { sentAtMs: 5000 };

test.each<[string, readonly Partial<BatchRecord>[], string]>([
  ['sent and never answered', [SENT], 'unconfirmed'],
  ['left behind by an invocation, and locked by the next one', [notDone('not_attempted'), LATER], 'locked'],
  ['locked, and left behind later', [{ ...notDone('not_attempted'), ...LATER }, {}], 'locked'],
  ['sent, and left behind later', [{ ...notDone('not_attempted'), ...LATER }, SENT], 'unconfirmed'],
  ['failed, and locked later', [LATER, { ...notDone('failed') }], 'locked'],
  ['locked, and failed later', [{ ...notDone('failed'), ...LATER }, EARLIER], 'failed'],
  ['failed, and sent later without an answer', [{ ...SENT, ...LATER }, notDone('failed')], 'unconfirmed'],
  ['failed, and locked by a later batch of the same second', [{ number: 2 }, notDone('failed')], 'locked'],
  ['locked by somebody else', [notDone('already')], 'already_locked'],
  ['left behind alone', [notDone('not_attempted')], 'not_attempted']
])('at the end a user who was %s counts as such, in whatever order the batches come', (_case, batches, outcome) => {
  const records = batches.map(batch);
  for (const ordered of [records, [...records].reverse()]) {
    expect(collectOutcomes(ordered, 'lock', true).get('ada')).toMatchObject({ outcome });
  }
});

test('during the run nobody counts whose batch is not answered, or was left behind', () => {
  expect(collectOutcomes([batch(SENT), batch(notDone('not_attempted'))], 'lock', false).size).toBe(0);
  expect(collectOutcomes([batch({})], 'lock', false).get('ada')).toEqual({ outcome: 'locked', detail: '' });
});

test('who was left behind is not known', () => {
  expect(countKnown(collectOutcomes([batch(notDone('not_attempted'))], 'lock', true))).toBe(0);
  expect(countKnown(collectOutcomes([batch(SENT)], 'lock', true))).toBe(1);
});
