import { openTestLedger } from '../support/open-ledger.ts'
import { behavesLikeALedger } from './every-ledger.ts'

behavesLikeALedger('the embedded ledger', () => openTestLedger())
