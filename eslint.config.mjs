import js from '@eslint/js';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

const onlyPurePackages = {
  regex: '^(?!\\.{1,2}/|lodash/(chunk|isPlainObject)$|crypto$)',
  message: 'No I/O here: of all packages only lodash/chunk, lodash/isPlainObject, and the hash of crypto.'
};
const onlyHashes = {
  regex: '^crypto$',
  allowImportNames: ['createHash'],
  message: 'Chance comes through a port.'
};
const noPlatform = {
  regex: '/platform(/|$)',
  message: 'Dependencies point inward: create-task.ts chooses what stands behind a port.'
};
const onlyThisFolder = {
  regex: '(^|/)(tasks|test)/',
  message: 'cloudcode/lock_users is copied alone into other repositories: it imports nothing from outside itself.'
};
const noJourneyPackages = { regex: '^@journeyapps/', message: 'Declare the small surface that is used, structurally.' };

const noTests = { regex: '(^|/)test/', message: 'Nothing imports tests.' };

const noClockOrChance = [
  ...[
    'fetch',
    'process',
    'console',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'performance',
    'crypto',
    'Buffer',
    'globalThis',
    'Function',
    'queueMicrotask'
  ].map((name) => ({ name, message: 'No I/O, clock or globals here: take it through a port.' })),
  { name: 'Date', message: 'Time is an argument, or comes through Clock.' }
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.local/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', URL: 'readonly', module: 'writable' } }
  },
  {
    files: ['**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: { process: 'readonly', require: 'readonly', __dirname: 'readonly' }
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' }
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }],
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read settings in one place.' }
      ],
      eqeqeq: 'error'
    }
  },
  {
    files: ['cloudcode/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [onlyThisFolder, noJourneyPackages] }] }
  },
  {
    files: ['cloudcode/lock_users/**/*.ts'],
    plugins: { jsdoc },
    rules: {
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          // The fixer would write empty docstrings.
          enableFixer: false,
          require: { ClassDeclaration: true, FunctionDeclaration: true },
          contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'TSEnumDeclaration', 'VariableDeclaration']
        }
      ]
    }
  },
  {
    files: ['cloudcode/lock_users/src/**/*.ts'],
    ignores: ['cloudcode/lock_users/src/platform/**', 'cloudcode/lock_users/src/create-task.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [onlyThisFolder, noJourneyPackages, onlyPurePackages, onlyHashes, noPlatform] }
      ],
      'no-restricted-globals': ['error', ...noClockOrChance],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Chance comes through a port.' },
        { object: 'AbortSignal', property: 'timeout', message: 'Time comes through Clock.' }
      ],
      'no-restricted-syntax': ['error', { selector: 'ImportExpression', message: 'Import at the top of the file.' }]
    }
  },
  {
    files: ['tasks/local/backend/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: 'cloudcode/', message: 'The emulator shares no code with the task.' }] }
      ]
    }
  },
  {
    files: ['tasks/**/*.ts'],
    ignores: ['tasks/local/backend/**', 'tasks/local/devices/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: [noTests] }] }
  },
  {
    files: ['tasks/local/devices/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noTests,
            { regex: '(^|/)(cloudcode|backend)(/|$)', message: 'A device talks to the backend over HTTP only.' }
          ]
        }
      ]
    }
  },
  {
    files: ['cloudcode/lock_users/index.ts', 'tasks/**/main.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' }
  }
);
