/** The door of title on Hyperledger Fabric. */
export { openFabricLedger, WrongNetwork, type FabricLedger, type FabricLedgerOptions } from './fabric-ledger.ts'
export { ProfileFault, readProfile, type Profile } from './profile.ts'
export { fileIdentity, type GatewayIdentity } from './identity.ts'
export { fileOutbox, memoryOutbox, type Found, type KeptCommand, type KeptEnvelope, type KeptRefusal, type OutboxStore, type Unfinished } from './outbox.ts'
export type { FabricHealth } from './health.ts'
export { parseBlock, readBlock, type BlockWrite, type ParsedBlock, type ParsedTransaction } from './blocks.ts'
export { TitleContract, type Constitution } from './contract.ts'
