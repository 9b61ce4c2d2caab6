// Runs before the npm commands of this repository, on a clone where nothing is installed yet, so it uses Node alone.
// It installs what package-lock.json names, unless all of that is there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Node ${process.versions.node} is too old: this repository needs Node 20.19 or newer.\n`);
  process.exit(1);
}

if (!isInstalled()) {
  process.stderr.write('Installing packages (once, about a minute) …\n');
  const npm = process.env.npm_execpath;
  const [command, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const result = spawnSync(command, [...before, 'ci', '--loglevel=error', '--no-audit', '--no-fund'], {
    cwd: root,
    // stdout belongs to the command that runs next, and npm's summary is no news; its errors go to stderr.
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32'
  });
  if (result.error || result.status !== 0) {
    const reason = result.error ? `: ${result.error.message}` : '';
    process.stderr.write(
      `The packages could not be installed (npm ci ended with ${result.status ?? 'no status'}${reason}).\n` +
        'Check that this machine reaches an npm registry, then run the command again.\n'
    );
    process.exit(1);
  }
}

/** Whether npm's own record of node_modules has every package of package-lock.json that every machine needs. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const installed = readPackages(record);
  return Object.entries(wanted).every(
    // Optional packages are those of other systems; the root stands under the empty name.
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version
  );
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}
