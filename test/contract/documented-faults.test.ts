import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultScript } from '../../tasks/local/backend/control/Fault';
import { EmulatorBench } from '../support/EmulatorBench';

const DOCUMENT = readFileSync(join(__dirname, '..', '..', 'docs', 'local-backend.md'), 'utf8');

/** The scripts of faults in the document, with an id in the place of `…`. */
function readScripts(id: string): FaultScript[] {
  const texts = [...DOCUMENT.matchAll(/\{\s*(?:"seed": \d+,\s*)?"faults": \[\s*\{[^]*?\n +\]\n\}/g)].map(
    ([text]) => text
  );
  return texts.map((text) => JSON.parse(text.replaceAll('…', id)) as FaultScript);
}

/** A batch by which `DB` saves. */
function save(bench: EmulatorBench): ReturnType<EmulatorBench['call']> {
  return bench.call('POST batch.json', { operations: [{ method: 'post', object: { type: 'user', name: 'New' } }] });
}

function lock(bench: EmulatorBench, userId: string): ReturnType<EmulatorBench['call']> {
  return bench.call('POST batch.json', { operations: [{ method: 'users/lock', user_id: userId, wipe: false }] });
}

test('the first script of faults hits what the document says: batches of locks, and none by which DB saves', () => {
  const bench = new EmulatorBench(5);
  const [script = { faults: [] }] = readScripts('');
  bench.emulator.setFaults(script);

  expect(save(bench)).toMatchObject({ status: 200, delayMs: 0 });
  const answers = bench.ids.map((id) => lock(bench, id));
  const pages = Array.from({ length: 400 }, () => bench.call('GET users').status);

  expect(answers.map(({ status, delayMs }) => [status, delayMs])).toEqual([
    [429, 800],
    [200, 800],
    [429, 800],
    [200, 800],
    [200, 800]
  ]);
  expect(answers[0]?.headers['Retry-After']).toBe('2.5');
  const lost = pages.filter((status) => status === 0).length;
  expect(lost).toBeGreaterThan(20);
  expect(lost).toBeLessThan(60);
});

test('the second script deletes a user after the first page, and locks one before the second batch of locks', () => {
  const bench = new EmulatorBench(3);
  const [id = '', other = ''] = bench.ids;
  const [, script = { faults: [] }] = readScripts(id);
  const [deletes, locks, lags] = script.faults;
  if (deletes === undefined || locks === undefined || lags === undefined) throw new Error('It has three faults.');

  bench.emulator.setFaults({ faults: [deletes] });
  expect([bench.list('GET users').length, bench.list('GET users').length]).toEqual([3, 2]);

  bench.emulator.setFaults({ faults: [{ ...locks, userIds: [other] } as typeof locks] });
  save(bench);
  save(bench);
  lock(bench, bench.ids[2] ?? '');
  expect(bench.isLocked(other)).toBe(false);
  lock(bench, bench.ids[2] ?? '');
  expect(bench.isLocked(other)).toBe(true);
});
