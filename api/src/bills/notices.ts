import { pledgeInForce, type BillDocument, type BillId, type LedgerEvent, type LogEntry, type PartyId, type Title } from '@yidan/ledger'
import { documentText } from './view.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import type { NoticeRecord } from './store.ts'

/**
 * Who is written to when something happens to a bill that was not asked for, or that the law wants told: default and sale (民法典 436), a debt
 * that went to another bank (546), holds, stops, loss of the goods to pledgee and insurer (390, T-18). What is asked of somebody stands in the inbox.
 */
export type NoticeCode = keyof typeof recipients

type Parties = (event: never, title: Title) => readonly (PartyId | null | undefined)[]
type EventOf<T extends LedgerEvent['type']> = Extract<LedgerEvent, { type: T }>

const holders = (title: Title): (PartyId | null | undefined)[] => [title.possessor, title.titleholder === 'BLANK' ? null : title.titleholder, title.surrender?.by, pledgeInForce(title)?.pledgee, pledgeInForce(title)?.pledgor]
const everybody = (title: Title): (PartyId | null | undefined)[] => [...holders(title), title.carrier]

const recipients = {
  'default-declared': ({ pledgor }: EventOf<'default-declared'>, { carrier }: Title) => [pledgor, carrier],
  'default-cured': ({ pledgor }: EventOf<'default-cured'>, { carrier }: Title) => [pledgor, carrier],
  'enforcement-started': ({ pledgor }: EventOf<'enforcement-started'>, { carrier }: Title) => [pledgor, carrier],
  'pledge-enforced': ({ pledgor, to }: EventOf<'pledge-enforced'>, { carrier }: Title) => [pledgor, to, carrier],
  'pledge-assigned': ({ pledgor, to }: EventOf<'pledge-assigned'>, { carrier }: Title) => [pledgor, to, carrier],
  'hold-placed': (_: EventOf<'hold-placed'>, title: Title) => everybody(title),
  'hold-lifted': (_: EventOf<'hold-lifted'>, title: Title) => everybody(title),
  'delivery-stopped': (_: EventOf<'delivery-stopped'>, title: Title) => everybody(title),
  'delivery-resumed': (_: EventOf<'delivery-resumed'>, title: Title) => everybody(title),
  'delivered-without-bill': ({ pledgee, indemnifier }: EventOf<'delivered-without-bill'>, title: Title) => [...holders(title), pledgee, indemnifier],
  'incident-settled': (_: EventOf<'incident-settled'>, { carrier }: Title) => [carrier],
  'cargo-reported': ({ pledgee }: EventOf<'cargo-reported'>, title: Title) => [...everybody(title), pledgee],
  'bill-voided': ({ reason }: EventOf<'bill-voided'>, title: Title) => (reason === 'COURT' ? everybody(title) : []),
} satisfies Partial<Record<LedgerEvent['type'], Parties>>

type Kept = Pick<NoticeRecord, 'party' | 'code' | 'billId' | 'billNumber' | 'detail'>

/** What is to be written about one entry of a bill's stream, and to whom; not to whoever did it. */
export async function noticesOf(desk: BillDesk, entry: LogEntry): Promise<Kept[]> {
  if (entry.subject.startsWith('p')) return keyNotices(entry)
  const told = entry.events.filter(({ type }) => type in recipients)
  if (told.length === 0) return []
  const billId = entry.subject as BillId
  const [title, bill] = await Promise.all([desk.ports.ledger.read(billId), desk.store.bills.findOne({ _id: billId }, { projection: { billNumber: 1 } })])
  if (title === null) return []
  const made = await Promise.all(told.map(async (event): Promise<Kept[]> => {
    const named = (recipients[event.type as NoticeCode] as Parties)(event as never, title)
    const insurer = event.type === 'cargo-reported' || event.type === 'delivered-without-bill' ? await insurerOf(desk, title) : null
    const parties = new Set([...named, insurer].filter((party) => party !== null && party !== undefined && party !== entry.signed.command.party))
    return [...parties].map((party) => ({ party: party as PartyId, code: event.type as NoticeRecord['code'], billId, billNumber: bill?.billNumber ?? null, detail: detailOf(event) }))
  }))
  return [...made.flat(), ...(await adjudgedNotices(desk, entry))]
}

/** Whom a judgment gives the goods to may not have known of the bill before: it is told of its own. */
async function adjudgedNotices({ ports, store }: BillDesk, { events }: LogEntry): Promise<Kept[]> {
  const successors = events.flatMap((event) => (event.type === 'bill-voided' && event.reason === 'COURT' ? event.successors : []))
  return Promise.all(successors.map(async (billId): Promise<Kept[]> => {
    const [title, paper] = await Promise.all([ports.ledger.read(billId), store.documents.findOne({ billId }, { projection: { billNumber: 1 } })])
    return title?.possessor == null ? [] : [{ party: title.possessor, code: 'bill-adjudged', billId, billNumber: paper?.billNumber ?? null, detail: {} }]
  })).then((kept) => kept.flat())
}

/** A party that reported its keys lost, or about which the registrar did, is told: the true owner may object. */
function keyNotices({ subject, events }: LogEntry): Kept[] {
  return events.flatMap((event): Kept[] => (event.type === 'key-loss-reported' || event.type === 'key-loss-withdrawn' || event.type === 'keys-rebound' ? [{ party: subject as PartyId, code: event.type, billId: null, billNumber: null, detail: {} }] : []))
}

/** The insurer that the bill names, when it is a company here. */
async function insurerOf(desk: BillDesk, title: Title): Promise<PartyId | null> {
  const text = await documentText(desk, title.docHash, sha256Of).catch(() => null)
  const name = text === null ? undefined : (JSON.parse(text) as BillDocument).insurance?.insurer
  const company = name === undefined ? null : await desk.directory.find({ name, nameEn: name })
  return company?.roles.includes('insurer') === true ? company.partyId : null
}

function detailOf(event: LedgerEvent): NoticeRecord['detail'] {
  switch (event.type) {
    case 'default-declared':
      return { curesAt: event.curesAt }
    case 'hold-placed':
    case 'hold-lifted':
      return { hold: event.kind }
    case 'cargo-reported':
      return { container: event.container, condition: event.condition }
    case 'delivered-without-bill':
    case 'incident-settled':
      return { container: event.container }
    default:
      return {}
  }
}
