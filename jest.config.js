/** Strips the types and checks nothing: types are checked once, by tsc. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { swcrc: false, jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }
  ]
};

/** The tests of one folder. `npx jest --selectProjects unit` runs those alone. */
const tier = (name, options = {}) => ({
  displayName: name,
  testEnvironment: 'node',
  // The sources are among the roots so that watching sees them.
  roots: ['<rootDir>/cloudcode', '<rootDir>/tasks', '<rootDir>/test'],
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  transform,
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
