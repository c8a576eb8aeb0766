import { noticePeriod, type ArgsOf } from '@yidan/ledger'
import { expect } from 'chai'
import { aBill, aCast, act, aHash, anActor, inDays, registerKey, type Actor } from '../support/ledger-actors.ts'
import { openTestLedger } from '../support/open-ledger.ts'
import { refuses } from '../support/refuses.ts'

describe('a party that lost its keys', () => {
  it('has the same bills under new keys after the notice period, and the old keys are good for nothing', async () => {
    let ahead = 0
    const clock = () => new Date(Date.now() + ahead)
    const opened = await openTestLedger({ clock })
    const { ledger } = opened
    const cast = await aCast(ledger, opened.registrar)
    const { billId } = await aBill(ledger, cast)
    const clerk = await anActor(cast.shipper.partyId), fresh = await anActor(cast.shipper.partyId), thief = await anActor(cast.shipper.partyId)
    await registerKey(ledger, clerk, cast.shipper, ['title'])
    const rebind = ({ person, signer: { keyId, publicKey } }: Actor): ArgsOf<'rebindKeys'> => ({ key: { keyId, publicKey, algorithm: 'ES256', person, purposes: ['title', 'admin'] }, evidenceHash: aHash() })
    const rebinds = (actor: Actor, ...others: readonly Actor[]) => act(ledger, { by: actor, action: 'rebindKeys', subject: actor.partyId, args: rebind(actor), with: others, now: clock() })
    const endorses = (by: Actor) => act(ledger, { by, action: 'endorse', subject: billId, args: { to: cast.buyer.partyId, manner: 'to-order' }, now: clock() })

    await refuses('no-key-loss-report', () => rebinds(fresh, cast.registrar, cast.registrarSecond))
    await act(ledger, { by: clerk, action: 'reportKeyLoss', subject: cast.shipper.partyId, args: { referenceHash: aHash() } })
    await refuses('party-frozen', () => endorses(cast.shipper))
    ahead = noticePeriod - 60_000
    await refuses('notice-period-running', () => rebinds(fresh, cast.registrar, cast.registrarSecond))
    ahead = noticePeriod + 1_000
    await refuses('second-person-required', () => rebinds(fresh, cast.registrar))
    await rebinds(fresh, cast.registrar, cast.registrarSecond)

    for (const old of [cast.shipper, clerk]) await refuses('key-revoked', () => endorses(old))
    const { keyId, publicKey } = thief.signer
    await refuses('approval-missing', () => act(ledger, { by: thief, action: 'registerKey', subject: thief.partyId, args: { key: { keyId, publicKey, algorithm: 'ES256', person: thief.person, purposes: ['title'] } }, with: [cast.registrar], now: clock() }))
    const party = await ledger.party(cast.shipper.partyId)
    expect(Object.values(party?.keys ?? {}).filter(({ revoked }) => revoked === null).map(({ keyId }) => keyId)).to.deep.equal([fresh.signer.keyId])
    expect((await ledger.read(billId))?.titleholder, 'the bill names the party, not its keys').to.equal(cast.shipper.partyId)
    await endorses(fresh)
    await act(ledger, { by: fresh, action: 'offerPossession', subject: billId, args: { to: cast.buyer.partyId, expiresAt: inDays(5) }, now: clock() })

    const before = await ledger.party(cast.shipper.partyId)
    const reopened = await opened.reopen()
    expect(await reopened.ledger.party(cast.shipper.partyId), 'replayed from the journal').to.deep.equal(before)
    await reopened.close()
  })
})
