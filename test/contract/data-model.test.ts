import { startBackend } from '../../tasks/local/backend/start-backend';
import type { RunningBackend } from '../../tasks/local/backend/start-backend';
import { VEHICLES } from './fixtures/vehicles';

// Source: "Retrieve the app data model" of the vendor's documentation, unless a test names another.

let backend: RunningBackend;
beforeEach(async () => {
  backend = await startBackend({ schemaPath: VEHICLES });
});
afterEach(() => backend.close());

async function read(headers: Record<string, string> = {}): Promise<{ status: number; tag: string; text: string }> {
  const authorization = { Authorization: `Bearer ${backend.token}` };
  const response = await fetch(`${backend.url}/datamodel.json`, { headers: { ...authorization, ...headers } });
  return { status: response.status, tag: response.headers.get('etag') ?? '', text: await response.text() };
}

test('datamodel.json has an ETag, and 304 answers a caller who has this version (documented)', async () => {
  const { status, tag, text } = await read();
  expect(status).toBe(200);
  expect(tag).toBe(`"${String((JSON.parse(text) as Record<string, unknown>)['datamodel_hash'])}"`);

  expect(await read({ 'If-None-Match': tag })).toEqual({ status: 304, tag, text: '' });
  expect(await read({ 'If-None-Match': `"old", W/${tag}` })).toEqual({ status: 304, tag, text: '' });
  expect((await read({ 'If-None-Match': '"old"' })).status).toBe(200);
});

test('another data model has another ETag (documented)', async () => {
  const { tag } = await read();
  await backend.close();
  backend = await startBackend();

  expect((await read({ 'If-None-Match': tag })).status).toBe(200);
});

test('choices show their options, and fields their subtype without the type (documented sample)', async () => {
  const { models } = JSON.parse((await read()).text) as { models: Record<string, { fields: Record<string, unknown> }> };

  expect(models['user']?.fields['email']).toEqual({ name: 'email', label: 'Email', type: 'text', subtype: 'email' });
  expect(models['vehicle']?.fields).toMatchObject({
    plate: { name: 'plate', label: 'Plate', type: 'text' },
    kind: {
      type: 'single-choice',
      options: [
        { key: 'van', display: 'Van' },
        { key: 'truck', display: 'Truck' }
      ]
    },
    zones: {
      options: [
        { key: 1, display: 'Inner city' },
        { key: 2, display: 'Outskirts' }
      ]
    }
  });
  expect(models['vehicle']?.fields['plate']).not.toHaveProperty('options');
});

test('a boolean shows its options as a choice does (assumed)', async () => {
  const { models } = JSON.parse((await read()).text) as { models: Record<string, { fields: Record<string, unknown> }> };

  expect(models['vehicle']?.fields['electric']).toMatchObject({
    options: [
      { key: false, display: 'No' },
      { key: true, display: 'Yes' }
    ]
  });
});
