import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../cloudcode/lock_users';
import { SCHEMA } from '../support/app-schema';
import { callBackend } from '../support/call-backend';
import { TaskOnBackend } from '../support/TaskOnBackend';

let on: TaskOnBackend;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'old-models-'));
});
afterEach(async () => {
  await on.backend.close();
  rmSync(folder, { recursive: true });
});

/** Starts a backend whose app has a copy of the record's models without the given parts. */
async function startWithout(...parts: readonly RegExp[]): Promise<void> {
  const xml = parts.reduce((text, part) => text.replace(part, ''), SCHEMA);
  const path = join(folder, 'schema.xml');
  writeFileSync(path, xml);
  on = await TaskOnBackend.start({}, path);
  on.backend.seed({ users: 5 });
}

/** The field, also where it is displayed. */
const field = (name: string): RegExp => new RegExp(`<field name="${name}".*?/>\\s*|\\{${name}\\} ?`, 'g');
const option = (key: string): RegExp => new RegExp(`<option key="${key}">.*?</option>\\s*`, 'g');

async function readRuns(): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { json } = await callBackend(on.backend, 'GET', 'objects/lock_run.json');
  return (json as unknown as { objects: readonly Readonly<Record<string, unknown>>[] }).objects;
}

test.each<[string, RegExp[]]>([
  ['version', [field('version')]],
  ['undone_by', [field('undone_by')]],
  ['stop_requested', [field('stop_requested')]],
  ['several', ['version', 'undone_by', 'locked_again', 'not_shown', 'already_signed_out', 'report'].map(field)],
  ['of the batches', [field('answered_at'), field('number')]]
])(
  'without optional fields (%s) a run locks, closes its record, and can be undone, with one warning',
  async (_name, parts) => {
    await startWithout(...parts);

    const lock = await on.lock({ runId: 'evening' });
    const undo = await on.lock({ undo: 'evening' });

    for (const report of [lock, undo]) {
      expect(report).toMatchObject({ status: 'done', warnings: [{ code: 'OLD_RECORD_MODELS' }] });
    }
    expect(lock.counts.locked).toBe(5);
    expect(undo.counts.unlocked).toBe(5);
    expect(await readRuns()).toMatchObject([{ status: { key: 'done' } }, { status: { key: 'done' } }]);
  }
);

test.each(['parameters', 'started_at', 'user_ids', 'not_done'])(
  'without the field %s nothing is sent, and the error says what to do',
  async (name) => {
    await startWithout(field(name));

    const report = await on.lock({});

    expect(report).toMatchObject({
      status: 'failed',
      counts: { planned: 0 },
      stopReason: { code: 'RECORD_FAILED', message: expect.stringContaining(`.${name}`), usersChanged: 'no' }
    });
    expect(on.backend.users().some(({ locked }) => locked)).toBe(false);
    expect(await readRuns()).toMatchObject([{ status: { key: 'failed' } }]);
  }
);

test('without the option for a re-authentication nobody is signed out, and the record is closed and says so', async () => {
  await startWithout(option('reauthenticate'));

  const report = await on.lock({ action: 'reauthenticate' });

  expect(report).toMatchObject({ status: 'failed', stopReason: { code: 'RECORD_FAILED' } });
  expect(on.backend.requests().some(({ path }) => path.includes('re-authenticate'))).toBe(false);
  const runs = await readRuns();
  expect(runs).toMatchObject([
    { status: { key: 'failed' }, message: expect.stringContaining('action "reauthenticate"') }
  ]);
  // The API does not show a field that has no value.
  expect(runs[0]).not.toHaveProperty('action');
});

test('without the option "planned" a dry run closes its record and says what it was', async () => {
  await startWithout(option('planned'));

  const report: Report = await on.lock({ dryRun: true });

  expect(report.status).toBe('planned');
  expect(await readRuns()).toMatchObject([
    { status: { key: 'failed' }, message: expect.stringContaining('Status "planned"') }
  ]);
});
