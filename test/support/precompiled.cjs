// For `node --require`: the process runs this repository's TypeScript without a loader, which costs half a second of CPU.
// What was compiled is kept for later processes, under the hash of what it was compiled from.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { projects } = require('../../jest.config');

const KEPT = join(__dirname, '..', '..', 'node_modules', '.cache', 'commands');
const [[, options]] = Object.values(projects[0].transform);

require.extensions['.ts'] = (module, path) => module._compile(readFileSync(provideJavaScript(path), 'utf8'), path);

/** Path of a source's JavaScript. */
function provideJavaScript(path) {
  const source = readFileSync(path, 'utf8');
  const hash = createHash('sha256')
    .update(JSON.stringify([options, source]))
    .digest('hex');
  const kept = join(KEPT, `${hash}.js`);
  if (existsSync(kept)) return kept;
  const { code } = require('@swc/core').transformSync(source, options);
  mkdirSync(KEPT, { recursive: true });
  // Another process may be reading or writing it at this moment.
  const temporary = `${kept}.${process.pid}`;
  writeFileSync(temporary, code);
  renameSync(temporary, kept);
  return kept;
}
