import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const SCRIPT = join(__dirname, '..', '..', 'tasks', 'shared', 'install-missing.mjs');

/** A repository with three packages, and an npm that writes down how it is called. */
class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'install-'));
  private readonly calls = join(this.root, 'calls');

  constructor() {
    this.write(
      'npm.js',
      `require('fs').writeFileSync(${JSON.stringify(this.calls)}, process.argv.slice(2).join(' '));`
    );
    mkdirSync(join(this.root, 'tasks', 'shared'), { recursive: true });
    cpSync(SCRIPT, join(this.root, 'tasks', 'shared', 'install-missing.mjs'));
    const here = { version: '1.0.0', optional: true, os: [process.platform], cpu: [process.arch] };
    const packages = {
      'node_modules/main': { version: '1.0.0' },
      'node_modules/exports': { version: '2.0.0', dev: true },
      'node_modules/here': here,
      'node_modules/elsewhere': { ...here, os: ['nowhere'] }
    };
    this.write('package-lock.json', { packages: { '': {}, ...packages } });
    const { 'node_modules/elsewhere': elsewhere, ...installed } = packages;
    expect(elsewhere).toBeDefined();
    this.write('node_modules/.package-lock.json', { packages: installed });
    this.write('node_modules/main/package.json', { version: '1.0.0', main: 'lib', bin: { main: 'bin.js' } });
    this.write('node_modules/main/lib/index.js', '');
    this.write('node_modules/main/bin.js', '');
    const exports = { '.': { import: './a.mjs', require: './a.cjs' }, './*': './*.js' };
    this.write('node_modules/exports/package.json', { version: '2.0.0', main: 'gone.js', exports });
    this.write('node_modules/exports/a.cjs', '');
    this.write('node_modules/here/package.json', { version: '1.0.0' });
  }

  write(path: string, content: string | object): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true });
  }

  /** How npm was called, or undefined where it was not. */
  run(variables: Record<string, string> = {}): string | undefined {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(this.root, 'tasks', 'shared', 'install-missing.mjs')],
      { encoding: 'utf8', env: { ...variables, PATH: '', npm_execpath: join(this.root, 'npm.js') } }
    );
    expect({ status, stack: /^\s+at /m.test(stderr) }).toEqual({ status: 0, stack: false });
    return existsSync(this.calls) ? readFileSync(this.calls, 'utf8') : undefined;
  }
}

let checkout: Checkout;
beforeEach(() => {
  checkout = new Checkout();
});
afterEach(() => rmSync(checkout.root, { recursive: true }));

test('where everything is there nothing is installed', () => {
  expect(checkout.run()).toBeUndefined();
});

test.each<[string, (checkout: Checkout) => void]>([
  ['node_modules is not there', (it) => it.remove('node_modules')],
  ['the record is damaged', (it) => it.write('node_modules/.package-lock.json', '{"packages":')],
  ['a package is not there', (it) => it.remove('node_modules/exports')],
  ['a package for this system is not there', (it) => it.remove('node_modules/here')],
  ['a manifest is damaged', (it) => it.write('node_modules/main/package.json', '')],
  ['another version is there', (it) => it.write('node_modules/here/package.json', { version: '0.9.0' })],
  ['the main file is gone', (it) => it.remove('node_modules/main/lib')],
  ['a program is gone', (it) => it.remove('node_modules/main/bin.js')],
  ['all exports are gone', (it) => it.remove('node_modules/exports/a.cjs')]
])('where %s all is installed', (_name, damage) => {
  damage(checkout);

  expect(checkout.run()).toMatch(/^ci /);
});

test('NODE_ENV=production and omit=dev lead to an install of everything', () => {
  checkout.remove('node_modules/exports');

  const call = checkout.run({ NODE_ENV: 'production', npm_config_omit: 'dev' });

  expect(call?.split(' ')).toEqual(expect.arrayContaining(['ci', '--include=dev', '--include=optional']));
});
