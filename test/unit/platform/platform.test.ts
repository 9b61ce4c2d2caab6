import { Secret } from '../../../cloudcode/lock_users/src/input/Secret';
import { CloudCodeQueue } from '../../../cloudcode/lock_users/src/platform/CloudCodeQueue';
import { DbUserSource } from '../../../cloudcode/lock_users/src/platform/DbUserSource';
import { systemClock } from '../../../cloudcode/lock_users/src/platform/system-clock';
import { FakeClock, FakePlatform, RecordingLog } from '../../support/fake-ports';
import { runOnFake } from '../../support/run-on-fake';
import { userId, userIds } from '../../support/user-id';

/** A `DB` whose queries end in what `toArray` gives. */
function databaseOf(toArray: () => Promise<unknown>): object {
  const query: object = {
    where: () => query,
    orderBy: () => query,
    limit: () => query,
    skip: () => query,
    toArray
  };
  return { user: { all: () => query, where: () => query } };
}

/** A clock on which nobody wakes but those who are told to. */
const stoppedClock = { nowMs: () => 0, monotonicMs: () => 0, sleep: () => new Promise<void>(() => undefined) };

const redactNothing = (text: string): string => text;

function withFields(fields: object): Error {
  return Object.assign(new Error('broken'), fields);
}

test.each<[string, Error, object]>([
  ['429', withFields({ status: 429, type: 'TOO_MANY_REQUESTS' }), { status: 429, platformType: 'TOO_MANY_REQUESTS' }],
  ['400', withFields({ status: 400 }), { status: 400 }],
  ['a dropped connection', withFields({ code: 'ECONNRESET' }), { network: 'connection' }],
  ['a dropped connection of fetch', withFields({ cause: { code: 'ECONNRESET' } }), { network: 'connection' }],
  ['200 that is no JSON', withFields({ status: 200 }), { status: 200, network: 'garbled' }],
  ['the parser’s error', new SyntaxError('Unexpected end of JSON input'), { network: 'garbled' }],
  ['the parser’s error of node-fetch', withFields({ type: 'invalid-json' }), { network: 'garbled' }]
])('an error of DB with %s says so', async (_name, error, facts) => {
  const source = new DbUserSource(
    databaseOf(() => Promise.reject(error)),
    'user',
    stoppedClock,
    redactNothing
  );

  await expect(source.readUserIds({}, 10, 0, 1000)).rejects.toMatchObject({
    details: { code: 'DATABASE_READ_FAILED', ...facts }
  });
});

test.each([
  ['relations', { belongsTo: { depot: {} } }, ['depot']],
  ['no relation', { belongsTo: {} }, []],
  ['something else', { belongsTo: null }, undefined],
  ['nothing', undefined, undefined]
])('a DB that describes %s of the user model says so', (_name, type, relations) => {
  const user = { type, all: () => undefined, where: () => undefined };

  expect(new DbUserSource({ user }, 'user', stoppedClock, redactNothing).listRelations()).toEqual(relations);
});

test('an error of DB that says nothing of the network is not taken for one', async () => {
  const source = new DbUserSource(
    databaseOf(() => Promise.reject(new Error('no such field'))),
    'user',
    stoppedClock,
    redactNothing
  );

  const error: unknown = await source.readUserIds({}, 10, 0, 1000).catch((thrown: unknown) => thrown);

  expect((error as { details: object }).details).not.toHaveProperty('network');
});

test('the message and the type of an error of DB are without secrets', async () => {
  const echo = withFields({ message: 'Token hidden', status: 403, type: 'HIDDEN' });
  const source = new DbUserSource(
    databaseOf(() => Promise.reject(echo)),
    'user',
    stoppedClock,
    new Secret('hidden').redact
  );

  await expect(source.readUserIds({}, 10, 0, 1000)).rejects.toMatchObject({
    message: expect.stringContaining('Token [redacted].'),
    details: { platformType: '[redacted]' }
  });
});

test('a read of DB that never ends is given up in time', async () => {
  const source = new DbUserSource(
    databaseOf(() => new Promise(() => undefined)),
    'user',
    new FakeClock(),
    redactNothing
  );

  await expect(source.readUserIds({}, 10, 0, 1000)).rejects.toMatchObject({
    message: expect.stringContaining('no answer within 1 s'),
    details: { network: 'timeout' }
  });
});

test('the ids of the objects are read', async () => {
  const source = new DbUserSource(
    databaseOf(() => Promise.resolve([{ id: userId(1) }])),
    'user',
    stoppedClock,
    redactNothing
  );

  expect(await source.readUserIds({}, 10, 0, 1000)).toEqual({ userIds: [userId(1)], malformed: 0 });
});

test('the next invocation is scheduled on the queue of the task, later only where it must be', async () => {
  const scheduled: unknown[] = [];
  const cloudCode = {
    scheduleTask: (options: unknown) => {
      scheduled.push(options);
      return Promise.resolve();
    }
  };
  await CloudCodeQueue.find(cloudCode, 'lock_users', redactNothing)?.schedule({ a: 1 }, 0);
  await CloudCodeQueue.find(cloudCode, 'lock_users', redactNothing)?.schedule({}, 1500.2);

  expect(scheduled).toEqual([
    { task: 'lock_users', parameters: { a: 1 }, queue: 'lock_users' },
    { task: 'lock_users', parameters: {}, queue: 'lock_users', after: 1501 }
  ]);
});

test.each([undefined, null, {}, { scheduleTask: 'no' }])('a runtime with %j has no queue', (cloudCode) => {
  expect(CloudCodeQueue.find(cloudCode, 'lock_users', redactNothing)).toBeUndefined();
});

test('a wait on the machine’s clock ends at once when it is aborted, before or during', async () => {
  const abort = new AbortController();
  const sleeping = systemClock.sleep(3_600_000, abort.signal);
  abort.abort();

  await sleeping;
  await systemClock.sleep(3_600_000, abort.signal);
  await systemClock.sleep(0);
  expect(abort.signal.aborted).toBe(true);
});

test('a user whose id the database shows in capitals is the one that the users API shows, and is protected as that one', async () => {
  const ids = userIds(3).map((id) => id.replace('00000000', 'abcdef00'));
  const platform = new FakePlatform(ids);
  const rows = ids.map((id) => ({ id: id.toUpperCase() }));
  const ports = platform.ports(new RecordingLog());
  platform.ports = () => ({
    ...ports,
    userSource: new DbUserSource(
      databaseOf(() => Promise.resolve(rows.splice(0))),
      'user',
      stoppedClock,
      redactNothing
    )
  });

  const report = await runOnFake(platform, {}, { protectedIds: ids.slice(1, 2) });

  expect(report.counts).toMatchObject({ selected: 3, protected: 1, locked: 2 });
  expect(report).not.toHaveProperty('warnings');
  expect([...platform.locked]).toEqual([ids[0], ids[2]]);
});
