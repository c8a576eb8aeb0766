import { openStubLedger } from '../support/stub-ledger.ts'
import { withstandsAttacks } from './attacks.ts'
import { behavesLikeALedger } from './every-ledger.ts'

behavesLikeALedger('the chaincode over a stub', () => openStubLedger())
withstandsAttacks('the chaincode over a stub', () => openStubLedger())
