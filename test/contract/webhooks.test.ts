import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBackend } from '../../tasks/local/backend/start-backend';
import type { BackendOptions, RunningBackend } from '../../tasks/local/backend/start-backend';
import type { WebhookDelivery } from '../../tasks/local/backend/state/Webhooks';
import { callBackend } from '../support/call-backend';

// Source: "Webhooks (external)" of the vendor's documentation for the types, its forum for the payload, and its schema parser for what may be
// written (client source). That a task gets the same payload is assumed.

let folder: string;
let backend: RunningBackend;
let deliveries: WebhookDelivery[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webhooks-'));
  deliveries = [];
});
afterEach(async () => {
  await backend.close();
  rmSync(folder, { recursive: true });
});

/** Starts a backend whose model `job` has these webhooks. */
async function start(webhooks: string, options: BackendOptions = {}): Promise<void> {
  const schemaPath = join(folder, 'schema.xml');
  writeFileSync(
    schemaPath,
    `<data-model>
      <model name="user" label="User"><field name="name" label="Name" type="text:name"/><display>{name}</display></model>
      <model name="job" label="Job">
        <field name="name" label="Name" type="text"/><field name="note" label="Note" type="text"/>
        <belongs-to model="user" name="owner"/>
        <display>{name}</display>
        ${webhooks}
      </model>
    </data-model>`
  );
  backend = await startBackend({ ...options, schemaPath, onWebhook: (delivery) => deliveries.push(delivery) });
}

async function create(values: object): Promise<string> {
  const { json } = await callBackend(backend, 'POST', 'objects/job.json', { job: values });
  return String(json['id']);
}

const READY = '<webhook type="ready" receiver="cloudcode" action="do_it"/>';
const UPDATE = '<webhook type="update" receiver="cloudcode" action="do_it"/>';

test('a ready webhook fires once for each object, with the payload that is documented for external systems', async () => {
  await start(READY);

  const id = await create({ name: 'one' });
  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { name: 'two' } });
  await create({ name: 'three' });

  expect(deliveries).toMatchObject([
    {
      task: 'do_it',
      payload: {
        event: 'cloudcode_job_ready_do_it',
        account_id: backend.backendId,
        sequence: 1,
        operation: 'create',
        object: { id, type: 'job', name: 'one', updated_at: expect.any(String) }
      }
    },
    { payload: { sequence: 2, object: { name: 'three' } } }
  ]);
});

test('an update webhook fires at each save, through every route', async () => {
  await start(UPDATE);

  const id = await create({ name: 'one' });
  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { name: 'two' } });
  await callBackend(backend, 'PUT', `objects/job/${id}.json`, { job: { name: 'three' } });
  const object = { type: 'job', id, name: 'four' };
  await callBackend(backend, 'POST', 'batch.json', { operations: [{ method: 'patch', object }] });

  expect(deliveries.map(({ payload }) => payload)).toMatchObject([
    { operation: 'create', object: { name: 'one' } },
    { operation: 'update', object: { name: 'two' } },
    { operation: 'update', object: { name: 'three' } },
    { operation: 'update', object: { name: 'four' } }
  ]);
});

test('conditions are waited for, and fields that are not embedded are left out', async () => {
  await start(`<webhook type="ready" name="mine" receiver="cloudcode" action="do_it">
    <field name="note"/><field name="name" required="false" embed="false"/>
  </webhook>`);

  const id = await create({ name: 'one' });
  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { note: '' } });
  expect(deliveries).toEqual([]);
  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { note: 'now' } });

  expect(deliveries).toMatchObject([{ payload: { event: 'mine', object: { id, note: 'now' } } }]);
  expect(deliveries[0]?.payload).not.toHaveProperty('object.name');
});

test('with the switch the payload is the object alone', async () => {
  await start(READY, { switches: { webhookPayload: 'object' } });

  const id = await create({ name: 'one' });

  expect(deliveries[0]?.payload).toMatchObject({ id, type: 'job', name: 'one' });
});

test('nothing is delivered for what failed, for what was deleted, to other receivers, or for a lock', async () => {
  await start(`${UPDATE.replace('cloudcode', 'pdfmailer')}<webhook type="update" name="external"/>${READY}`);
  backend.seed({ users: 1 });
  const id = await create({ name: 'one' });
  deliveries = [];

  await callBackend(backend, 'POST', 'objects/job.json', { job: { nmae: 'wrong' } });
  const [user] = backend.users();
  await callBackend(backend, 'POST', `users/${user?.id}/lock`, { wipe: false });
  await callBackend(backend, 'DELETE', `objects/job/${id}.json`);

  expect(deliveries).toEqual([]);
});

// Source: the vendor's schema parser takes any name here; what the platform makes of a relation is assumed.
test('a webhook may name a relation, which must be present then, and is left out where it says so', async () => {
  await start(READY.replace('/>', '><field name="owner"/></webhook>'));
  const [owner] = backend.seed({ users: 1 }).userIds;
  const id = await create({ name: 'one' });
  expect(deliveries).toEqual([]);

  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { owner_id: owner } });
  expect(deliveries).toMatchObject([{ payload: { object: { id, owner_id: owner } } }]);

  await backend.close();
  deliveries = [];
  await start(UPDATE.replace('/>', '><field name="owner" required="false" embed="false"/></webhook>'));
  await create({ name: 'two', owner_id: owner });
  expect(deliveries).toMatchObject([{ payload: { object: { name: 'two' } } }]);
  expect(deliveries).not.toMatchObject([{ payload: { object: { owner_id: owner } } }]);
});

test('a data file remembers for which objects a ready webhook has fired', async () => {
  const dataFile = join(folder, 'state.json');
  await start(READY, { dataFile });
  const id = await create({ name: 'one' });
  await backend.close();
  await start(READY, { dataFile });

  await callBackend(backend, 'PATCH', `objects/job/${id}.json`, { job: { name: 'two' } });

  expect(deliveries).toHaveLength(1);
  expect(backend.deliveriesFor('job', id)).toMatchObject([
    { payload: { operation: 'update', object: { name: 'two' } } }
  ]);
});

test.each([
  ['<webhook receiver="cloudcode" action="a"/>', 'must have the type "ready" or "update"'],
  ['<webhook type="ready" receiver="mail" action="a"/>', 'may have the receiver "cloudcode" or "pdfmailer" only'],
  ['<webhook type="ready" receiver="cloudcode"/>', 'has an action if and only if it has a receiver'],
  ['<webhook type="ready" action="a"/>', 'has an action if and only if it has a receiver'],
  [
    READY.replace('/>', '><field name="nmae"/></webhook>'),
    'names "nmae", which is no field and no relation of the model'
  ],
  [READY.replace('/>', '><field name="name" required="yes"/></webhook>'), 'says required="yes"'],
  [READY.replace('/>', '><field name="name" state="gone"/></webhook>'), 'has a field with a state']
])('the webhook %s is refused', async (webhook, sentence) => {
  await start(READY);

  await expect(start(webhook)).rejects.toThrow(`A webhook of model "job" ${sentence}`);
});
