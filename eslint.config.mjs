import tseslint from 'typescript-eslint'

const noMachine = 'Rules get who and when from the signed command: no clock, no chance, no machine, no network. The same answer for everybody.'

/** Rules for code that everybody runs and that must give everybody the same. Everything else is in .oxlintrc.json. */
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
  { ignores: ['**/dist/', '**/node_modules/', '**/*.d.ts', '**/*.test.ts'] },
  { files: ['ledger/**/*.ts'], languageOptions: { parser: tseslint.parser }, linterOptions: { noInlineConfig: true } },
  {
    files: ['ledger/domain/**/*.ts'],
    rules: sameForEverybody('process', 'Buffer', 'crypto'),
  },
  {
    // Endorsers must come to the same bytes. Only index.ts, which starts the process, has a clock: to refuse by.
    files: ['ledger/chaincode/**/*.ts', 'ledger/signing/node-checks.ts'],
    ignores: ['ledger/chaincode/index.ts'],
    rules: sameForEverybody('process', 'crypto', 'Intl'),
  },
)
