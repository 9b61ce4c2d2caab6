import { handleWebRequest } from '../../../cloudcode/lock_users/src/triggers/handle-web-request';
import { formatTime } from '../../../cloudcode/lock_users/src/platform/format-time';
import { hashToUuid } from '../../../cloudcode/lock_users/src/records/hash-to-uuid';
import { MemoryRecordStore } from '../../support/MemoryRecordStore';
import { FakePlatform } from '../../support/fake-ports';
import { runOnFake, SETTINGS } from '../../support/run-on-fake';
import { userIds } from '../../support/user-id';

test('F: a key whose run has ended is answered with 200, also where a late save has reopened its record', async () => {
  const platform = new FakePlatform(userIds(3));
  const records = new MemoryRecordStore();
  platform.records = records;
  const ports = { ...platform.ports(), readSettings: () => SETTINGS, hashToUuid, formatTime };
  const ask = () => handleWebRequest({ url: '/', body: '{}', idempotencyKey: 'release-7' }, ports);
  expect((await ask()).status).toBe(202);
  expect(await runOnFake(platform, platform.scheduled.shift()?.parameters)).toMatchObject({ status: 'done' });
  expect((await ask()).status).toBe(200);
  const [one] = records.runs.values();
  Object.assign(one!, { status: 'running', leaseHolder: 'x', leaseExpiresAtMs: platform.clock.now + 1 });
  platform.clock.now += 600_000;
  expect(await ask()).toMatchObject({ status: 200 });
});
