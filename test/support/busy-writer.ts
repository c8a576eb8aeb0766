import { openEmbeddedLedger } from '@yidan/ledger/embedded'
import { generateKeyPairSync } from 'node:crypto'
import { aBill, aCast, act, anActor, inDays } from './ledger-actors.ts'

/** A process that acts on a ledger as fast as it can and prints each act once it is acknowledged, until it is killed. */
const directory = process.argv[2]
if (!directory) throw new Error('usage: busy-writer DIRECTORY')
const registrar = await anActor()
const serviceKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const options = { registrar: { partyId: registrar.partyId, person: registrar.person, publicKey: registrar.signer.publicKey }, serviceKey }
const ledger = await openEmbeddedLedger({ directory, network: 'test', ...options, clock: () => new Date() })
console.log(JSON.stringify({ options }))
const cast = await aCast(ledger, registrar)
await Promise.all(Array.from({ length: 16 }, async () => {
  const { billId } = await aBill(ledger, cast, { kind: 'blank' })
  for (;;) {
    for (const offer of [true, false]) {
      const receipt = offer
        ? await act(ledger, { by: cast.shipper, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(1) } })
        : await act(ledger, { by: cast.shipper, action: 'withdrawOffer', subject: billId, args: {} })
      console.log(JSON.stringify({ billId, seq: receipt.entries[0]?.seq }))
    }
  }
}))
