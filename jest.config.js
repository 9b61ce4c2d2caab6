/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
  // Commands and compilers take seconds, and more of them on a busy machine.
  testTimeout: 60_000,
  // Many tests wait for other processes; by default jest leaves one of two cores idle.
  maxWorkers: '100%',
  globalSetup: '<rootDir>/test/support/build-once.ts'
};
