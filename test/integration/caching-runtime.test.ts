import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Script } from 'node:vm';

interface Runtime {
  readFile(filename: string): string;
  createScriptFromCode(code: string, filename: string): Script;
}

const { prototype } = jest.requireActual<{ prototype: object }>('../support/CachingRuntime.cjs');

/** The runtime of one test file, with as much of jest around it as these methods use. */
function createRuntime(resolver: object): Runtime {
  const own = { _resolver: resolver, _cacheFS: new Map(), _cacheFSBuffer: new Map(), _fileTransforms: new Map() };
  return Object.assign(Object.create(prototype) as Runtime, own, { _config: { sandboxInjectedGlobals: [] } });
}

let folder: string;
let filename: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'caching-runtime-'));
  filename = join(folder, 'module.js');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the test files of one run share what was read and compiled, and a run after a change does not', () => {
  const resolver = { isCoreModule: () => false };
  const load = (runtime: Runtime): [string, Script] => {
    const text = runtime.readFile(filename);
    return [text, runtime.createScriptFromCode(text, filename)];
  };
  writeFileSync(filename, 'exports.a = 1;');
  const [text, script] = load(createRuntime(resolver));
  writeFileSync(filename, 'exports.a = 2;');

  const [sameText, sameScript] = load(createRuntime(resolver));
  const [newText, newScript] = load(createRuntime({ ...resolver }));

  expect([text, sameText, newText]).toEqual(['exports.a = 1;', 'exports.a = 1;', 'exports.a = 2;']);
  expect(sameScript).toBe(script);
  expect(newScript).not.toBe(script);
});

test('a module that cannot be compiled fails with the explanation of jest', () => {
  const runtime = createRuntime({ isCoreModule: () => false });

  const compile = (): Script => runtime.createScriptFromCode('export const a = 1;', filename);

  expect(compile).toThrow(
    expect.objectContaining({ stack: expect.stringContaining('Jest encountered an unexpected token') as string })
  );
});
