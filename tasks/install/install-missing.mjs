// Runs before every npm command of this repository, on a clone where nothing is installed yet, so it uses Node alone.
// It installs what package-lock.json names, unless that very lock file is what was installed last.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.installed-lock');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 10)) {
  process.stderr.write(`Node ${process.versions.node} is too old: this repository needs Node 20.10 or newer.\n`);
  process.exit(1);
}

const lockHash = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installedHash = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';

if (installedHash !== lockHash) {
  process.stderr.write('Installing packages (once, about a minute) …\n');
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...before, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    // npm's own summary goes to stderr with the rest: stdout belongs to the command that runs next.
    stdio: ['ignore', 2, 2],
    shell: command === 'npm' && process.platform === 'win32'
  });
  if (result.error || result.status !== 0) {
    const reason = result.error ? `: ${result.error.message}` : '';
    process.stderr.write(
      `The packages could not be installed (npm ci ended with ${result.status ?? 'no status'}${reason}).\n`
    );
    process.stderr.write('Check that this machine reaches an npm registry, then run the command again.\n');
    process.exit(1);
  }
  writeFileSync(stamp, lockHash);
}
