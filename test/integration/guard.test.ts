import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard it '));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Resolves when the file is gone. */
async function waitUntilGone(path: string): Promise<void> {
  const watcher = watch(folder);
  while (existsSync(path)) await once(watcher, 'change');
  watcher.close();
}

test('files that are to go with a process go when it is killed, and those that were dropped stay', async () => {
  const [gone, kept, also] = ['gone.tmp', 'kept.json', 'also gone'].map((name) => join(folder, name));
  if (gone === undefined || kept === undefined || also === undefined) throw new Error('There are three.');
  for (const path of [gone, kept, also]) writeFileSync(path, '');
  const module = JSON.stringify(require.resolve('../../tasks/shared/process-group'));
  const source = `
    const { deleteWithThisProcess, forgetFile } = require(${module});
    for (const path of ${JSON.stringify([gone, kept, also])}) deleteWithThisProcess(path);
    forgetFile(${JSON.stringify(kept)});
    console.log('up');
    setInterval(() => undefined, 60000);
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');

  child.kill('SIGKILL');
  await waitUntilGone(gone);
  await waitUntilGone(also);

  expect(existsSync(kept)).toBe(true);
});
