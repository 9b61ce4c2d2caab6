import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTasks } from '../../tasks/build/build-tasks';
import { noteRunningPlatform } from '../../tasks/local/running-platform-file';
import { trigger } from '../../tasks/trigger/command';
import { expectNoSecret } from '../support/expect-no-secret';
import { RecordedIo } from '../support/RecordedIo';
import { standInLibraries } from '../support/stand-in-libraries';
import { StubBackend } from '../support/StubBackend';

const SECRETS = ['token', 'controlToken', 'webSecret'].map((name) => `the-"${name}"-of-this-platform`);
const [token = '', controlToken = '', webSecret = ''] = SECRETS;
const TEXT = `Not allowed: ${SECRETS.join(' ')}`;

let stub: StubBackend;
let root: string;
beforeAll(async () => {
  stub = new StubBackend();
  root = mkdtempSync(join(tmpdir(), 'trigger-'));
  const folder = join(root, 'cloudcode', 'x');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', cloudcode: { enabled: true } }));
  writeFileSync(join(folder, 'index.ts'), 'export const nothing = 1;\n');
  // The trigger finds it built.
  buildTasks({ root, libraries: standInLibraries() });
  writeFileSync(join(root, '.journeyrc'), JSON.stringify({ default: 'local', deployments: { local: {} } }));
  const url = await stub.start();
  const runtimeOrigin = new URL(url).origin;
  noteRunningPlatform(root, { url, token, pid: process.pid, runtimeOrigin, controlToken, webSecret });
});
afterAll(async () => {
  await stub.stop();
  rmSync(root, { recursive: true });
});

test.each<[string, object[]]>([
  ['its log and its answer', [{ log: TEXT }, { answer: { status: 403, body: TEXT } }, { end: [] }]],
  ['a result', [{ end: [{ task: 'x', result: { status: 'returned', result: { text: TEXT } } }] }]],
  ['an error', [{ end: [{ task: 'x', result: { status: 'threw', error: { name: 'Error', message: TEXT } } }] }]],
  ['a refusal', [{ refusal: TEXT }]]
])('a secret of the platform that comes back in %s of a task is not printed', async (_place, events) => {
  stub.answer = () => ({ body: events.map((event) => `${JSON.stringify(event)}\n`).join('') });
  const { stdout, stderr } = await new RecordedIo({ root }).run(trigger, ['web', 'x']);

  expect(stdout + stderr).toContain('Not allowed: [redacted] [redacted] [redacted]');
  expectNoSecret(SECRETS, [stdout, stderr]);
});
