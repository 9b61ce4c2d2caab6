/** Strips the types and checks nothing: types are checked once, by tsc. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { swcrc: false, jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }
  ]
};

/**
 * What our code uses most of what JavaScript has built in. A test file runs in a context of its own, where finding a global
 * takes long; these are handed to each module, which finds them at once. They are read when a module is loaded, so none
 * of them may be replaced by a test, and no module may declare one of these names.
 */
const sandboxInjectedGlobals = [
  ...['Array', 'Boolean', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Reflect', 'RegExp', 'Set', 'String'],
  ...['AbortController', 'Buffer', 'Date', 'Error', 'Symbol', 'Uint8Array', 'Uint32Array', 'Int32Array']
];

/** The tests of one folder. `npx jest --selectProjects unit` runs those alone. */
const tier = (name, options = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  // The sources are among the roots so that watching sees them.
  roots: ['<rootDir>/cloudcode', '<rootDir>/tasks', '<rootDir>/test'],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform,
  sandboxInjectedGlobals,
  runtime: '<rootDir>/test/support/CachingRuntime.cjs',
  ...options
});

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    tier('unit'),
    tier('contract'),
    tier('integration', { globalSetup: '<rootDir>/test/support/build-once.ts' }),
    tier('deploy')
  ],
  // At least five times what the slowest test without a timeout of its own takes on an idle machine.
  testTimeout: 300_000,
  // Many tests wait for other processes; by default jest leaves one of two cores idle.
  maxWorkers: '100%'
};
