const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** What was read and compiled, for each resolver: jest makes a new one when a file has changed. */
const caches = new WeakMap();

// A worker has to be gone half a second after its last test, or jest prints a warning. Giving its memory back takes longer.
// Whoever else waits for the exit has said so by the time that there is nothing left to do, and comes first.
process.once('beforeExit', () => process.once('exit', () => process.exit()));

function recall(cache, key, make) {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key);
}

/**
 * The runtime of jest, which reads and compiles a module once in each process, and not once more for each test file. A test file
 * still executes its modules anew, in a context of its own. This saves a quarter of what loading them costs. Where a later
 * release of jest calls none of these methods, tests are slower and nothing else changes.
 */
module.exports = class CachingRuntime extends Runtime {
  get cache() {
    return recall(caches, this._resolver, () => ({ texts: new Map(), scripts: new Map() }));
  }

  readFile(filename) {
    return recall(this.cache.texts, filename, () => super.readFile(filename));
  }

  createScriptFromCode(code, filename) {
    return recall(this.cache.scripts, filename, () => {
      try {
        // Without jest's callback for import(), which would keep the context of the first test file alive.
        return new Script(this.wrapCodeInModuleWrapper(code), { filename });
      } catch {
        // Fails in the same way, and jest says what to do about it.
        return super.createScriptFromCode(code, filename);
      }
    });
  }
};
