import type { Report } from '../../../cloudcode/lock_users/src/report/Report';
import { handleWebhook } from '../../../cloudcode/lock_users/src/triggers/handle-webhook';
import { FakePlatform, RecordingLog } from '../../support/fake-ports';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

const ON = { ...SETTINGS, webhook: true };

let platform: FakePlatform;
let records: MemoryRecordStore;
beforeEach(() => {
  platform = new FakePlatform(userIds(3));
  records = new MemoryRecordStore();
  platform.records = records;
});

const deliver = (id: string, log = new RecordingLog()): Promise<Report> => handleWebhook(ON, id, platform.ports(log));

test('a requested run is ordered on the queue with its own parameters, and its object becomes its record', async () => {
  const { id } = records.add({ status: 'requested', reason: 'r', requestedBy: 'Sam', parameters: '{"maxUsers":5}' });

  expect(await deliver(id)).toMatchObject({ status: 'queued', runId: id });

  const ordered = platform.scheduled[0]?.parameters;
  expect(ordered).toEqual({ maxUsers: 5, reason: 'r', requestedBy: 'Sam', runId: id });
  expect(platform.batches).toEqual([]);
  expect(await runOnFake(platform, ordered)).toMatchObject({ status: 'done', runId: id, counts: { locked: 3 } });
  expect([...records.runs.values()]).toMatchObject([{ id, runId: id, status: 'done', reason: 'r', locked: 3 }]);
});

test('a byte order mark before the parameters is tolerated', async () => {
  const { id } = records.add({ status: 'requested', parameters: '\uFEFF{"maxUsers":5}' });
  await deliver(id);

  expect(platform.scheduled[0]?.parameters).toEqual({ maxUsers: 5, runId: id });
});

test('a second delivery, at whatever moment, changes nothing', async () => {
  const { id } = records.add({ status: 'requested' });
  await deliver(id);
  await deliver(id);
  const [first, second] = platform.scheduled.map(({ parameters }) => parameters);

  await runOnFake(platform, first);
  const again = await runOnFake(platform, second);

  expect(again).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(await deliver(id)).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });
  expect(platform.batches).toHaveLength(1);
  expect(records.runs.get(id)).toMatchObject({ status: 'done', locked: 3 });
});

test('the webhook of the record that a run has made is one line of the log', async () => {
  const { runId } = await runOnFake(platform);
  const log = new RecordingLog();

  await deliver([...records.runs.keys()][0] ?? '', log);

  expect(log.lines).toEqual([
    expect.stringMatching(`^Nothing to do: The object [-\\w]+ is the record of run ${runId}, `)
  ]);
});

test.each(['starting', 'running', 'continues', 'interrupted', 'done', null] as const)(
  'an object that says "%s" starts nothing',
  async (status) => {
    const { id } = records.add({ status, runId: null });

    expect(await deliver(id)).toMatchObject({ status: 'refused', stopReason: { code: 'RUN_ENDED' } });

    expect(platform.scheduled).toEqual([]);
    expect(records.saves).toEqual([]);
  }
);

test('a run that cannot be scheduled is carried out here, at the pace that is left', async () => {
  const { id } = records.add({ status: 'requested' });
  const ports = platform.ports(new RecordingLog());
  const down = (): Promise<never> => Promise.reject(new Error('down'));
  const queue = { name: 'q', schedule: down, scheduleAt: down };

  const report = await handleWebhook(ON, id, { ...ports, queue });

  expect(report).toMatchObject({ status: 'done', runId: id, counts: { locked: 3 } });
  // Two reads of the object stand in this very report, so they were paced by the same bucket.
  expect(report.requests.record).toBeGreaterThanOrEqual(5);
});

test('a run whose order was taken and its answer lost is carried out once', async () => {
  const { id } = records.add({ status: 'requested' });
  const ports = platform.ports(new RecordingLog());
  let elsewhere: Promise<Report> | undefined;
  const queue = {
    name: 'q',
    schedule: async (parameters: object) => {
      elsewhere ??= runOnFake(platform, parameters);
      await elsewhere;
      throw new Error('no answer');
    },
    scheduleAt: () => Promise.reject(new Error('down'))
  };

  const report = await handleWebhook(ON, id, { ...ports, queue });

  expect(await elsewhere).toMatchObject({ status: 'done', counts: { locked: 3 } });
  expect(report.status).toBe('queued');
  expect(platform.batches).toHaveLength(1);
  expect(records.runs.get(id)).toMatchObject({ status: 'done', locked: 3 });
});

test('an object that is requested again after its run starts nothing', async () => {
  const { id } = records.add({ status: 'requested', startedAtMs: 5, runId: null });

  expect(await deliver(id)).toMatchObject({ status: 'refused' });
  expect(platform.scheduled).toEqual([]);
});

test('the record of a run that something else has started does not start it', async () => {
  await runOnFake(platform);
  const id = [...records.runs.keys()][0] ?? '';

  expect(await deliver(id)).toMatchObject({
    status: 'refused',
    stopReason: { message: expect.stringContaining('is the record of run run-1, which something else has started.') }
  });
  expect(platform.scheduled).toEqual([]);
});

test('an object that is not there starts nothing', async () => {
  expect(await deliver(userId(1))).toMatchObject({
    status: 'refused',
    stopReason: { code: 'NO_SUCH_OBJECT', message: expect.stringContaining('there is no such object') }
  });
});

test('an app without the models starts nothing', async () => {
  platform.records = undefined;

  expect(await deliver(userId(1))).toMatchObject({
    status: 'refused',
    stopReason: { code: 'NO_MODELS', message: expect.stringContaining('the data model has no models for it') }
  });
});

test.each<[string, string]>([
  ['{', 'The field "parameters" is not valid JSON.'],
  ['[]', 'The field "parameters" must hold a JSON object.'],
  ['{"dryrun":true}', 'Unknown parameter "dryrun". Did you mean "dryRun"?'],
  ['{"wipe":true}', 'This task never wipes'],
  ['{"runId":"x"}', '"runId" is set by the task itself.'],
  ['{"continuation":{}}', '"continuation" is set by the task itself.']
])('the parameters %s are refused, and the object says why', async (parameters, sentence) => {
  const { id } = records.add({ status: 'requested', parameters });

  await expect(deliver(id)).rejects.toMatchObject({
    code: 'INVALID_PARAMETERS',
    message: expect.stringContaining(sentence)
  });

  expect(records.runs.get(id)).toMatchObject({ status: 'refused', message: expect.stringContaining(sentence) });
  expect(platform.scheduled).toEqual([]);
});

test('where there is no queue the run is carried out at once', async () => {
  platform.hasQueue = false;
  const { id } = records.add({ status: 'requested' });

  expect(await deliver(id)).toMatchObject({ status: 'done', counts: { locked: 3 } });
  expect(records.runs.get(id)).toMatchObject({ status: 'done' });
});

test('an object whose field and whose parameters ask for different actions is refused, and says so', async () => {
  const { id } = records.add({ status: 'requested', action: 'lock', parameters: '{"action": "unlock"}' });

  await expect(deliver(id)).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });

  expect(records.runs.get(id)?.message).toContain('The field "action" says "lock", and the parameters say "unlock".');
  expect(platform.scheduled).toEqual([]);
});

test('an object whose field says what to do needs no parameters', async () => {
  const { id } = records.add({ status: 'requested', action: 'unlock' });

  const report = await deliver(id);

  expect(platform.scheduled[0]?.parameters).toEqual({ action: 'unlock', runId: id });
  expect(report).toMatchObject({ action: 'unlock', status: 'queued', counts: { unlocked: 0, alreadyUnlocked: 0 } });
});

describe('where the webhook is off, as it is by default', () => {
  const deliverOff = (id: string): Promise<Report> => handleWebhook(SETTINGS, id, platform.ports(new RecordingLog()));

  test.each([null, '{"undo":"run-1"}', '{'])(
    'an object that requests a run with %s starts none, and says why',
    async (parameters) => {
      const { id } = records.add({ status: 'requested', parameters });

      const report = await deliverOff(id);

      expect(report).toMatchObject({
        status: 'refused',
        runId: id,
        stopReason: { code: 'WEBHOOK_OFF', usersChanged: 'no' }
      });
      expect(records.runs.get(id)).toMatchObject({
        status: 'refused',
        message: expect.stringMatching(/LOCK_USERS_WEBHOOK.* No user was changed\. .*create another lock_run/)
      });
      expect([platform.scheduled, platform.batches]).toEqual([[], []]);
    }
  );

  test('the record of a run is left as it is', async () => {
    await runOnFake(platform);
    const [record] = [...records.runs.values()];
    const saves = records.saves.length;

    expect(await deliverOff(record?.id ?? '')).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });

    expect(records.saves).toHaveLength(saves);
    expect(record?.status).toBe('done');
  });

  test('a delivery after it was switched on starts nothing that was refused before', async () => {
    const { id } = records.add({ status: 'requested' });
    await deliverOff(id);

    expect(await deliver(id)).toMatchObject({ stopReason: { code: 'RUN_ENDED' } });
    expect(platform.scheduled).toEqual([]);
  });
});

test.each<[boolean, boolean, number]>([
  [true, true, 1],
  [true, false, 0],
  [false, true, 0]
])(
  'with the webhook %s and the models %s the first lines say %d times whom it lets in',
  async (webhook, hasModels, times) => {
    if (!hasModels) platform.records = undefined;
    const log = new RecordingLog();

    await runOnFake(platform, {}, { webhook }, log);

    const lines = log.lines.slice(0, 2).filter((line) => line.startsWith('The webhook is on'));
    expect(lines).toHaveLength(times);
    for (const line of lines) expect(line).toContain('whoever may create an object of lock_run, on a device too');
  }
);
