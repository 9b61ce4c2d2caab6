import { expectNoSecret } from '../support/expect-no-secret';
import { HostileWorld, TOKEN } from '../support/HostileWorld';
import { userId } from '../support/user-id';

const OTHER_TOKEN = ['of', 'the', 'runtime', 'itself'].join('-');
const WEB_SECRET = ['nobody', 'knows', 'this', 'one', 'but', 'the', 'web'].join('-');
const SECRETS = [TOKEN, OTHER_TOKEN, WEB_SECRET];
// The last one is where a detail of 600 bytes is cut.
const TEXT = `${`${SECRETS.join(' ')} `.padEnd(590, 'x')} ${TOKEN}`;
const ERRORS: [string, unknown][] = [
  ['the message of an Error', new Error(TEXT)],
  ['the type of an Error', Object.assign(new Error(TEXT), { type: TEXT, status: 403 })],
  ['an object', { detail: TEXT, type: TEXT }],
  ['an object that has a type alone', { type: TEXT }],
  ['an error of a batch', Object.assign(new Error(TEXT), { errors: [{ error: { type: TEXT, status: 403 } }] })],
  ['a text', TEXT]
];

let world: HostileWorld;
beforeEach(async () => {
  world = await HostileWorld.open();
});
afterEach(() => world.close());

/** Pieces of a secret count as well. */
function expectRedacted(): void {
  const pieces = SECRETS.map((secret) => secret.slice(0, 6));
  expectNoSecret(
    pieces,
    world.outputs.map(({ text }) => text)
  );
  expect(world.outputs.some(({ text }) => text.includes('[redacted]'))).toBe(true);
}

test.each(ERRORS)('a secret in %s of DB is in nothing that comes out', async (_place, error) => {
  const runtime = { backend: { url: world.url, token: OTHER_TOKEN } };
  world.environment = { LOCK_USERS_WEB_SECRET: WEB_SECRET };
  for (const model of ['user', 'lock_run', 'lock_run_batch']) {
    world.readError = { [model]: error };
    await world.run({ verify: false }, runtime);
    await world.run({ undo: 'run-1', verify: false }, runtime);
    await world.run({ id: userId(3), type: 'lock_run' }, runtime);
    await world.post('{}', { 'Idempotency-Key': 'k' }, undefined, runtime);
  }
  world.readError = {};
  world.saveError = error;
  await world.run({ verify: false }, runtime);

  expectRedacted();
});

test.each(ERRORS)('a secret in %s of the queue is in nothing that comes out', async (_place, error) => {
  world.environment = { LOCK_USERS_WEB_SECRET: WEB_SECRET };
  world.queueError = error;

  const runtime = { backend: { url: world.url, token: OTHER_TOKEN } };
  expect(await world.post('{}', {}, undefined, runtime)).toBe(503);
  expectRedacted();
});

test('a secret is gone where the token is that of the runtime alone', async () => {
  world.environment = { JOURNEY_BACKEND_URL: '', JOURNEY_API_TOKEN: '' };
  world.saveError = new Error(`Not allowed: Token ${OTHER_TOKEN}`);
  const report = await world.run({ verify: false }, { backend: { url: world.url, token: OTHER_TOKEN } });

  expect(report?.stopReason?.message).toContain('Not allowed: Token [redacted]');
  expectRedacted();
});
