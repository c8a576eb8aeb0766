import { openDesk, type Act, type Desk } from '@yidan/api/sdk'
import { makeClient, type DraftView, type PersonRole } from '@yidan/api/contract'
import { withCheckDigit, type BillNumber } from '@yidan/ledger'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gateIn } from '../demo/journeys.ts'
import { cookieOf } from './open-platform.ts'

/** People of the demo companies at a running server, found by a part of the company's name, each with a registered key. */
export async function demoDesk(baseUrl: string, company: string, role?: PersonRole): Promise<Desk> {
  const { accounts } = await makeClient({ baseUrl }).call('demoAccounts', {})
  const account = accounts.find((known) => known.company.includes(company) && (role === undefined || known.roles.includes(role)))
  if (!account) throw new Error(`no demo account for ${company}${role ? ` as ${role}` : ''}`)
  const desk = await openDesk({ baseUrl, credentials: { account: account.account } })
  const outcome = await desk.useKey()
  if (outcome?.outcome === 'awaiting-signature') throw new Error(`the key of ${company} waits for an administrator`)
  return desk
}

/** The session of someone at the demo terminal's gate, as a Cookie header: who may follow every box and send events. */
export async function terminalCookie(baseUrl: string): Promise<string> {
  const { accounts } = await makeClient({ baseUrl }).call('demoAccounts', {})
  const found = accounts.find(({ companyRoles, roles }) => companyRoles.includes('terminal') && roles.includes('gate'))
  if (!found) throw new Error('no demo account at the gate of a terminal')
  const answer = await fetch(`${baseUrl}/api/v1/session/demo`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account: found.account }) })
  return cookieOf(answer)
}

export interface IssuingDesks {
  readonly clerk: Desk
  readonly signer: Desk
  readonly terminal: Desk
  readonly shipper: Desk
}

let serial = Date.now() % 900_000

/** A blank bill for one box, from booking to issue, all over HTTP. */
export async function issueOverHttp(desks: IssuingDesks): Promise<{ billNumber: BillNumber; draft: DraftView }> {
  const { draft, billNumber, issue } = await readyToIssue(desks)
  const first = await desks.clerk.act(issue)
  if (first.outcome !== 'awaiting-signature') throw new Error('one person alone issued a bill')
  const second = await desks.signer.signAlong(first.request.commandId)
  if (second.outcome !== 'recorded') throw new Error('two signatures were not enough')
  return { billNumber, draft }
}

/** The same up to the act that two people sign. */
export async function readyToIssue({ clerk, terminal, shipper }: Omit<IssuingDesks, 'signer'>): Promise<{ billNumber: BillNumber; draft: DraftView; issue: Act<'issue'> }> {
  const booking = JSON.parse(await readFile(join(import.meta.dirname, '../fixtures/bookings/QDLY20261122-004.json'), 'utf8')) as { containers: object[] }
  serial = (serial + 1) % 1_000_000
  const containers = booking.containers.slice(0, 1).map((container) => ({ ...container, number: withCheckDigit(`CICU${String(serial).padStart(6, '0')}`), sealNumber: `KF${serial}` }))
  const draft = await clerk.client.call('createDraft', { body: { from: 'booking', booking: { ...booking, containers } } })
  if (draft.faults.length > 0) throw new Error(`the draft has faults: ${JSON.stringify(draft.faults)}`)
  const sent = await clerk.client.call('sendForApproval', { params: { draftId: draft.id }, body: { revision: draft.revision } })
  const { billNumber, billId, docHash, document } = sent
  if (!billNumber || !billId || !docHash || !document) throw new Error('the frozen draft has no document')
  await shipper.record({ action: 'approve', bill: { subject: billId, network: sent.network, head: sent.head }, args: { docHash, kind: document.kind, negotiable: document.negotiable, carrier: clerk.session.company.partyId } })
  await gateIn(terminal, document)
  const { subject, network, head, args, issuedAt, missing } = await clerk.client.call('prepareIssue', { params: { draftId: draft.id } })
  if (!args || !issuedAt) throw new Error(`not ready to issue: ${JSON.stringify(missing)}`)
  return { billNumber, draft: sent, issue: { action: 'issue', bill: { subject, network, head }, at: issuedAt, args: args as never } }
}
