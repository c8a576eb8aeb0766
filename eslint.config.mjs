import tseslint from 'typescript-eslint'

const noMachine = 'Rules get who and when from the signed command: no clock, no chance, no machine, no network. The same answer for everybody.'

/** Rules for code that everybody runs and that must give everybody the same. */
const sameForEverybody = (...globals) => ({
  'no-restricted-globals': ['error', ...[...globals, 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'performance'].map((name) => ({ name, message: noMachine }))],
  'no-restricted-imports': ['error', { paths: [{ name: 'node:crypto', importNames: ['randomBytes', 'randomInt', 'randomUUID', 'webcrypto', 'sign'], message: noMachine }] }],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: noMachine }, { object: 'Date', property: 'now', message: noMachine }],
  'no-restricted-syntax': [
    'error',
    { selector: "NewExpression[callee.name='Date'][arguments.length=0], CallExpression[callee.name='Date']", message: noMachine },
    { selector: 'CallExpression[callee.property.name=/^(toLocale|localeCompare)/]', message: 'Every endorser must get the same bytes: no locale.' },
  ],
})

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/*.cjs', '.yidan*/', 'web-client/public/', '**/*.d.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['web-client/*.ts'] }, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'smart'],
      // Numbers are printed as they are; everything else has to say how it becomes text.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A text taken apart into its characters, code point by code point, is what is wanted where it is spread.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // What comes out of JSON.parse has the type we hope for; the check that it is so stays.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An interface asks for a promise; that this implementation need not wait is its own affair.
      '@typescript-eslint/require-await': 'off',
      // Options that a library types as its own class are given as plain objects.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-generated-empty-object-type': 'off',
      // Some packages mark as deprecated what has no successor yet.
      '@typescript-eslint/no-deprecated': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // setTimeout(() => stop()) says what it means.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // environment['NAME'] is what noPropertyAccessFromIndexSignature would ask for.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['ledger/domain/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: sameForEverybody('process', 'Buffer', 'crypto'),
  },
  {
    // Endorsers must come to the same bytes. Only index.ts, which starts the process, has a clock: to refuse by.
    files: ['ledger/chaincode/**/*.ts', 'ledger/signing/node-checks.ts'],
    ignores: ['**/*.test.ts', 'ledger/chaincode/index.ts'],
    rules: sameForEverybody('process', 'crypto', 'Intl'),
  },
  {
    // What comes out of a .vue file has a type for vue-tsc only, which checks all of this.
    files: ['web-client/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Tests, demo and bench speak to a terminal, and chai's assertions are expressions.
    files: ['**/*.test.ts', 'test/**/*.ts', 'api/src/**/*-cli.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: { eqeqeq: 'error', 'no-var': 'off', '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
)
