import type { CommandOutcome, DraftView, IssuePreparation } from '@yidan/api/contract'
import type { Desk } from '@yidan/api/sdk'
import { withCheckDigit, type BillNumber, type Instant } from '@yidan/ledger'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import type { Platform } from '../support/open-platform.ts'

/** What the stories about bills are told with: the sample bookings, their people, and the steps from booking to issue. */
export const bookings = {
  tractors: 'LYQD20261120-001.json', furniture: 'LYNB20261121-002.json', solar: 'LYTA20261122-003.json', batteries: 'QDLY20261122-004.json',
} as const
export type BookingName = keyof typeof bookings
export const shipperOf = { tractors: 'shipper-machinery', furniture: 'shipper-furniture', solar: 'shipper-solar', batteries: 'shipper-busan' } as const

export interface Booking extends Record<string, unknown> {
  readonly bookingNumber: string
  readonly containers: readonly (Record<string, unknown> & { readonly number: string; readonly sealNumber: string })[]
}

export async function readSample(name: BookingName): Promise<Booking> {
  return JSON.parse(await readFile(join(import.meta.dirname, '../fixtures/bookings', bookings[name]), 'utf8')) as Booking
}

let serial = Math.floor(Math.random() * 800_000)
/** A box nobody else in this run uses. */
export function freshBox(owner = 'TBJU'): string {
  serial = (serial + 1) % 1_000_000
  return withCheckDigit(owner + String(serial).padStart(6, '0'))
}

/** The booking with boxes of its own, `count` of them at most. */
export async function aBooking(name: BookingName, { count = 2, containers }: { count?: number; containers?: readonly string[] } = {}): Promise<Booking> {
  const sample = await readSample(name)
  const kept = containers === undefined ? sample.containers.slice(0, count) : containers.map((_, index) => sample.containers[index % sample.containers.length]!)
  return { ...sample, containers: kept.map((container, index) => ({ ...container, number: containers?.[index] ?? freshBox(), sealNumber: `SL${++serial}` })) }
}

export interface People { readonly clerk: Desk; readonly signer: Desk; readonly terminal: Desk; readonly shipper: Desk }

export async function peopleFor(platform: Platform, name: BookingName): Promise<People> {
  return { clerk: await platform.deskOf('carrier-clerk'), signer: await platform.deskOf('carrier-signer'), terminal: await platform.deskOf('terminal-gate'), shipper: await platform.deskOf(shipperOf[name]) }
}

export async function aDraft({ clerk }: Pick<People, 'clerk'>, booking: Booking): Promise<DraftView> {
  return clerk.client.call('createDraft', { body: { from: 'booking', booking } })
}

export async function send({ clerk }: Pick<People, 'clerk'>, draft: DraftView): Promise<DraftView> {
  return clerk.client.call('sendForApproval', { params: { draftId: draft.id }, body: { revision: draft.revision } })
}

export function approvalOf(draft: DraftView): { bill: { subject: NonNullable<DraftView['billId']>; network: string; head: DraftView['head'] }; args: { docHash: NonNullable<DraftView['docHash']>; kind: NonNullable<DraftView['document']>['kind']; negotiable: boolean; carrier: never } } {
  const { billId, docHash, document } = draft
  if (!billId || !docHash || !document) throw new Error('the draft was not frozen')
  return { bill: { subject: billId, network: draft.network, head: draft.head }, args: { docHash, kind: document.kind, negotiable: document.negotiable, carrier: draft.carrier.partyId as never } }
}

export async function approve({ shipper }: Pick<People, 'shipper'>, draft: DraftView): Promise<void> {
  await shipper.record({ action: 'approve', ...approvalOf(draft) })
}

/** Gate-in events as the terminal's system sends them. */
export async function gateIn(platform: Platform, { terminal }: Pick<People, 'terminal'>, containers: readonly { number: string; seal: string }[], more: Record<string, unknown> = {}): Promise<string[]> {
  const at = platform.ports.clock().toISOString()
  const events = containers.map(({ number, seal }) => ({
    eventType: 'EQUIPMENT', eventID: randomUUID(), eventDateTime: at, eventClassifierCode: 'ACT', equipmentEventTypeCode: 'GTIN', equipmentReference: number, emptyIndicatorCode: 'LADEN', seals: [{ sealNumber: seal }],
    eventLocation: { locationName: '东方红（洛阳）国际陆港', UNLocationCode: 'CNLYA' }, ...more,
  }))
  const report = await terminal.client.call('sendEvents', { body: events })
  if (report.refused.length > 0) throw new Error(JSON.stringify(report.refused))
  await platform.ports.feed.upTo(report.position, 60_000)
  return events.map(({ eventID }) => eventID)
}

export function boxesOn({ document }: DraftView): { number: string; seal: string }[] {
  return (document?.containers ?? []).map(({ number, seals }) => ({ number, seal: seals[0]?.number ?? '' }))
}

export type Preparation = z.infer<typeof IssuePreparation>
export async function prepare({ clerk }: Pick<People, 'clerk'>, draft: DraftView): Promise<Preparation> {
  return clerk.client.call('prepareIssue', { params: { draftId: draft.id } })
}

export function issueAct(preparation: Preparation): { action: 'issue' | 'reissue'; bill: { subject: Preparation['subject']; network: string; head: Preparation['head'] }; at: string; args: never } {
  const { action, subject, network, head, args, issuedAt, missing } = preparation
  if (!args || !issuedAt) throw new Error(`not ready: ${JSON.stringify(missing)}`)
  return { action, bill: { subject, network, head }, at: issuedAt, args: args as never }
}

/** The first person signs, the second signs along. */
export async function signByTwo({ clerk, signer }: Pick<People, 'clerk' | 'signer'>, preparation: Preparation): Promise<CommandOutcome> {
  const first = await clerk.act(issueAct(preparation))
  if (first.outcome !== 'awaiting-signature') throw new Error('one person alone issued a bill')
  return signer.signAlong(first.request.commandId)
}

/** From booking to issued bill. */
export async function issuedBill(platform: Platform, people: People, booking: Booking): Promise<{ billNumber: BillNumber; draft: DraftView }> {
  const draft = await send(people, await aDraft(people, booking))
  await approve(people, draft)
  await gateIn(platform, people, boxesOn(draft))
  const outcome = await signByTwo(people, await prepare(people, draft))
  if (outcome.outcome !== 'recorded' || draft.billNumber === null) throw new Error('two signatures were not enough')
  return { billNumber: draft.billNumber, draft }
}

export const inDays = (platform: Platform, days: number): Instant => new Date(platform.ports.clock().getTime() + days * 86_400_000).toISOString() as Instant
