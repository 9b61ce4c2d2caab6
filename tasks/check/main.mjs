// Runs the checks that need no test run, all at the same time, and shows what each of the failed ones printed.
// Exit code 0: all is well. 1: at least one check failed. Each check is an npm script and can be run alone.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const CHECKS = ['lint', 'typecheck', 'format:check', 'unused', 'circles'];

const root = process.cwd();
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  // Megabytes. The linter makes much garbage, and collects it a sixth faster with more room for what is young.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --max-semi-space-size=64`
};

/** Runs the command of an npm script without npm. Resolves to whether it ended well, and its output in one piece. */
function run(name) {
  return new Promise((resolve) => {
    const startedAtMs = Date.now();
    const child = spawn(scripts[name], { cwd: root, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.once('close', (code) => {
      resolve({ name, isWell: code === 0, output, seconds: Math.round((Date.now() - startedAtMs) / 1000) });
    });
  });
}

const results = await Promise.all(CHECKS.map(run));
const failed = results.filter(({ isWell }) => !isWell);
for (const { name, output } of failed) {
  process.stderr.write(`\n===== ${name} failed (npm run ${name}) =====\n${output.trimEnd()}\n`);
}
const summary = results.map(({ name, isWell, seconds }) => `${name} ${isWell ? 'ok' : 'FAILED'} (${seconds} s)`);
process.stderr.write(`\nChecks: ${summary.join(', ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
