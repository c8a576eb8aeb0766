// Which folder may know which. The picture is in docs/architecture.md, "Allowed imports".
const test = '\\.test\\.(ts|mjs)$'
const builtin = ['core']

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circles',
      comment: 'Two files that need each other are one file, or need a third. Types alone may circle.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-missing', comment: 'An import that leads nowhere.', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: ['/style/css$', '\\?url$'] } },
    {
      name: 'rules-are-pure',
      comment: 'ledger/domain runs in the browser and in chaincode too: it imports zod and canonicalize, nothing else.',
      severity: 'error',
      from: { path: '^ledger/domain/', pathNot: test },
      to: { pathNot: ['^ledger/domain/', '^node_modules/(zod|canonicalize)/'] },
    },
    {
      name: 'signing-runs-in-the-browser',
      comment: 'ledger/signing/index.ts uses WebCrypto and the rules; only file.ts, node-checks.ts and pkcs11.ts know Node.',
      severity: 'error',
      from: { path: '^ledger/signing/', pathNot: [test, '^ledger/signing/(file|node-checks|pkcs11)\\.ts$'] },
      to: { pathNot: ['^ledger/(signing|domain)/'] },
    },
    {
      name: 'ledgers-do-not-know-each-other',
      comment: 'A ledger knows the port, the rules and signing.',
      severity: 'error',
      from: { path: '^ledger/(embedded|fabric|chaincode)/', pathNot: test },
      to: { path: '^(ledger|api|web-client)/', pathNot: ['^ledger/$1/', '^ledger/(port\\.ts$|domain/|signing/)'] },
    },
    {
      name: 'ledger-knows-nobody',
      comment: 'The innermost ring imports neither the API nor the web client.',
      severity: 'error',
      from: { path: '^ledger/', pathNot: [test, '^ledger/network/'] },
      to: { path: '^(api|web-client|test)/' },
    },
    {
      name: 'network-is-of-the-launcher',
      comment: 'ledger/network brings up a Fabric network: it knows the launcher’s tools and the staging of the chaincode, nothing of what runs on it.',
      severity: 'error',
      from: { path: '^ledger/network/', pathNot: test },
      to: { path: '^(ledger|api|web-client|test)/', pathNot: ['^ledger/network/', '^api/launch/', '^ledger/chaincode/stage\\.mjs$'] },
    },
    {
      name: 'nothing-but-the-launcher-runs-a-network',
      comment: 'How a network is run is no business of the rules, the ledgers or the API.',
      severity: 'error',
      from: { path: '^(ledger|api|web-client)/', pathNot: [test, '^ledger/network/', '^api/launch/'] },
      to: { path: '^ledger/network/' },
    },
    {
      name: 'contract-runs-in-the-browser',
      comment: 'What crosses the wire imports the rules, zod and the mere types of signing.',
      severity: 'error',
      from: { path: '^api/contract/', pathNot: test },
      to: { pathNot: ['^api/contract/', '^ledger/domain/', '^node_modules/zod/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-main-chooses-the-ledger',
      comment: 'api/src knows the port; which ledger stands behind it is decided in open-ledger.ts, for main.ts.',
      severity: 'error',
      from: { path: '^api/src/', pathNot: [test, '^api/src/(main|open-ledger|ledger-outbox-store)\\.ts$'] },
      to: { path: '^ledger/(embedded|fabric|chaincode)/' },
    },
    {
      name: 'api-does-not-reach-out',
      comment: 'The API knows neither the screens, nor the tests, nor the launcher.',
      severity: 'error',
      from: { path: '^api/(src|sdk|contract)/', pathNot: test },
      to: { path: '^(web-client|test|api/launch)/' },
    },
    {
      name: 'mongoose-in-stores-only',
      comment: 'MongoDB is spoken to in store.ts, the event log and database.ts; others may name the type of a connection.',
      severity: 'error',
      from: { path: '^api/(src|sdk|contract)/', pathNot: [test, 'store\\.ts$', '^api/src/events/', '^api/src/database\\.ts$'] },
      to: { path: '^node_modules/(mongoose|mongodb)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rules-decide-alone',
      comment: 'A rules.ts of the API knows the contract and the ledger’s rules, no store, no route, no package that acts.',
      severity: 'error',
      from: { path: '^api/src/[^/]+/rules\\.ts$' },
      to: { path: ['/(store|commands|routes|projection)\\.ts$', '^node_modules/(mongoose|express|socket\\.io)/'] },
    },
    {
      name: 'routes-do-not-store',
      comment: 'routes → commands → store: a route that reads a store decides something it should not.',
      severity: 'error',
      from: { path: '^api/src/[^/]+/routes\\.ts$' },
      to: { path: '/(projection|rules)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'concepts-meet-at-their-doors',
      comment: 'One concept reads another only through its commands, views or index.',
      severity: 'error',
      from: { path: '^api/src/(bills|tracking|yard|finance|parties|documents|demo|audit)/', pathNot: test },
      to: { path: '^api/src/(bills|tracking|yard|finance|parties|documents|demo|audit)/.*(routes|projection|store)\\.ts$', pathNot: '^api/src/$1/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'screens-use-doors',
      comment: 'The web client knows the contract, the rules and signing.',
      severity: 'error',
      from: { path: '^web-client/', pathNot: test },
      to: { path: '^(ledger|api|test)/', pathNot: ['^api/contract/', '^ledger/(domain/|signing/index\\.ts$)'] },
    },
    {
      name: 'screens-run-in-the-browser',
      comment: 'No Node module in what is sent to a browser.',
      severity: 'error',
      from: { path: '^web-client/src/', pathNot: test },
      to: { dependencyTypes: builtin },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default', 'types'], exportsFields: ['exports'], extensions: ['.ts', '.mjs', '.js', '.cjs', '.vue', '.json'] },
  },
}
