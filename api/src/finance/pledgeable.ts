import { uuidv7, wouldRefuse, type Hash, type Instant, type KeyId, type PartyId, type RefusalCode, type Title } from '@yidan/ledger'
import { randomBytes } from 'node:crypto'
import type { BillDesk } from '../bills/desk.ts'
import { viewOver } from '../bills/ledger-view.ts'

/** What the rules would say if whoever possesses the bill proposed it to this bank now; null when it would go through. */
export async function pledgeRefusal({ ports }: BillDesk, { title, bank }: { title: Title; bank: PartyId }): Promise<RefusalCode | null> {
  const holder = title.possessor ?? title.shipper
  // A bill that the bank itself holds is not proposed to it by itself.
  const party = holder === bank ? title.shipper : holder
  const parties = await Promise.all([...new Set([party, bank])].map((partyId) => ports.ledger.party(partyId)))
  const view = viewOver({ network: ports.ledger.network, registrar: ports.ledger.registrar, organisations: [], titles: [title], parties: parties.filter((known) => known !== null) })
  const now = ports.clock()
  const command = {
    domain: 'yidan-title/1' as const, network: ports.ledger.network, action: 'proposePledge', subject: title.billId, commandId: uuidv7({ now: now.getTime(), random: randomBytes(10) }), expects: title.seq, prevHash: title.headHash, party, keyId: `k${'0'.repeat(40)}` as KeyId,
    at: now.toISOString() as Instant, notAfter: new Date(now.getTime() + 60_000).toISOString() as Instant, args: { pledgee: bank, termsHash: '0'.repeat(64) as Hash },
  }
  return wouldRefuse({ command, view, now: now.toISOString() as Instant })?.code ?? null
}
