/** The embedded ledger's door. */
export { checkEmbeddedProof, openEmbeddedLedger, type EmbeddedLedger, type EmbeddedLedgerOptions } from './embedded-ledger.ts'
export { nodeChecks, sha256 } from '../signing/node-checks.ts'
export { JournalDamaged } from './journal.ts'
export { LedgerLocked } from './lock.ts'
