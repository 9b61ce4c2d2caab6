import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '..', '..', 'tasks', 'check', 'main.mjs');
const WELL = {
  lint: 'echo linted',
  typecheck: 'exit 0',
  'format:check': 'exit 0',
  unused: 'exit 0',
  circles: 'exit 0'
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the checks with these npm scripts. */
function check(scripts: Record<string, string>): { status: number | null; stderr: string } {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
  return spawnSync(process.execPath, [PROGRAM], { cwd: folder, encoding: 'utf8' });
}

test('checks that are all well say so in one line and end with 0', () => {
  const { status, stderr } = check(WELL);

  expect(stderr).toMatch(/^\nChecks: lint ok \(\d+ s\), typecheck ok .*, circles ok \(\d+ s\)\n$/);
  expect(status).toBe(0);
});

test('two failed checks show all that they printed, each in one piece, and end with 1', () => {
  const { status, stderr } = check({
    ...WELL,
    typecheck: 'echo a wrong type&& exit 2',
    circles: 'echo a circle&& exit 1'
  });

  expect(stderr).toContain('===== typecheck failed (npm run typecheck) =====\na wrong type\n');
  expect(stderr).toContain('===== circles failed (npm run circles) =====\na circle\n');
  expect(stderr).toContain('typecheck FAILED');
  expect(stderr).not.toContain('linted');
  expect(status).toBe(1);
});
