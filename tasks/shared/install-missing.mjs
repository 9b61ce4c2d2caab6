// Runs before the npm commands of this repository, on a clone where nothing is installed yet, so it uses Node alone.
// It installs what package-lock.json names, unless all of that is there and whole.
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
  // NODE_ENV=production and npm's "omit" would leave out what every command here needs.
  const everything = ['--include=dev', '--include=optional', '--include=peer'];
  const result = spawnSync(command, [...before, 'ci', ...everything, '--loglevel=error', '--no-audit', '--no-fund'], {
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

/** Whether every package of package-lock.json that this machine needs is in npm's own record of node_modules, and is whole. */
function isInstalled() {
  try {
    const wanted = readJson(join(root, 'package-lock.json')).packages;
    const installed = readJson(join(root, 'node_modules', '.package-lock.json')).packages;
    return Object.entries(wanted).every(
      // The root stands under the empty name.
      ([path, entry]) =>
        path === '' || !isNeeded(entry) || (installed[path]?.version === entry.version && isWhole(path, entry))
    );
  } catch {
    // There is no record, or somebody has damaged it.
    return false;
  }
}

/** Optional packages are for other systems, unless they say that they are for this one. */
function isNeeded({ optional, os, cpu, libc }) {
  return !optional || (libc === undefined && Boolean(os?.includes(process.platform) && cpu?.includes(process.arch)));
}

/** Whether a package has its manifest and something to start at: part of node_modules may have been deleted. */
function isWhole(path, { version }) {
  const folder = join(root, path);
  const { version: found, exports, main, bin } = readJson(join(folder, 'package.json'));
  const isThere = (file) =>
    ['', '.js', '.json', '.cjs', '/index.js'].some((end) => existsSync(join(folder, file + end)));
  const bins = typeof bin === 'string' ? [bin] : Object.values(bin ?? {});
  // Where there are exports, "main" may be left over from another build.
  const starts = exports === undefined ? [main ?? ''] : listFiles(exports);
  return found === version && bins.every(isThere) && (starts.length === 0 || starts.some(isThere));
}

/** The files that "exports" names. */
function listFiles(exports) {
  if (typeof exports === 'string') return exports.includes('*') ? [] : [exports];
  return Object.values(exports ?? {}).flatMap(listFiles);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
