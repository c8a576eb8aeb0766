import type { ErasableView, ErasureView } from '@yidan/api/contract'
import { isLive, type BillId, type Instant, type Title } from '@yidan/ledger'
import type { Caller } from '../access/caller.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import type { BillDesk } from './desk.ts'
import { billKey, billStore, draftKey, isDuplicateKey, type BillStore, type ErasureRecord } from './store.ts'
import type { OpenedBill } from './view.ts'

/**
 * Forgetting a bill (PIPL art. 47; 电子签名法 art. 24 sets how long it must be kept at least). What it said is sealed with its own data key
 * everywhere, so erasing the key makes log, views and every older copy in this database unreadable; what is kept beside the log goes
 * altogether. The ledger keeps its history of random ids and salted hashes, whose salts are gone with the document.
 */

/** @throws Problem `bill-erased`, `bill-still-live`, `retention-running` */
export async function askForErasure(desk: BillDesk, { caller, opened: { record }, reason }: { caller: Caller; opened: OpenedBill; reason: string }): Promise<ErasureView> {
  if (record.erased) throw new Problem('bill-erased')
  await refuseUnlessOver(desk, record._id)
  const { erasures } = desk.store
  const asked: ErasureRecord = { _id: record._id, billNumber: record.billNumber, reason, askedBy: whoIs(caller), askedAt: desk.ports.clock(), agreedBy: null, agreedAt: null, erasedAt: null }
  try {
    await erasures.insertOne(asked, { writeConcern: { w: 'majority' } })
  } catch (error) {
    if (!isDuplicateKey(error)) throw error
  }
  return erasureView((await erasures.findOne({ _id: record._id })) ?? asked, caller)
}

/** The second person; then it is done, and cannot be undone. @throws Problem `erasure-not-asked`, `second-account-required`, `bill-still-live`, `retention-running` */
export async function agreeToErasure(desk: BillDesk, { caller, opened: { record } }: { caller: Caller; opened: OpenedBill }): Promise<ErasureView> {
  const { erasures } = desk.store
  const asked = await erasures.findOne({ _id: record._id })
  if (asked === null) throw new Problem('erasure-not-asked')
  const agreedBy = whoIs(caller)
  if (asked.agreedBy === null) {
    if (asked.askedBy.personId === agreedBy.personId) throw new Problem('second-account-required')
    await refuseUnlessOver(desk, record._id)
    await erasures.updateOne({ _id: record._id, agreedBy: null }, { $set: { agreedBy, agreedAt: desk.ports.clock() } }, { writeConcern: { w: 'majority', journal: true } })
  }
  const agreed = await erasures.findOne({ _id: record._id })
  if (agreed?.agreedBy == null) throw new Problem('erasure-not-asked')
  await erase(desk.ports, desk.store, record._id)
  return erasureView((await erasures.findOne({ _id: record._id })) ?? agreed, caller)
}

/** @throws Problem `erasure-not-asked` when nobody asked, or it is agreed to already */
export async function withdrawErasure({ store }: BillDesk, { record }: OpenedBill): Promise<void> {
  const { deletedCount } = await store.erasures.deleteOne({ _id: record._id, agreedBy: null })
  if (deletedCount === 0) throw new Problem('erasure-not-asked')
}

export async function listErasures({ store }: BillDesk, caller: Caller): Promise<ErasureView[]> {
  return (await store.erasures.find({}).sort({ askedAt: -1 }).limit(500).toArray()).map((record) => erasureView(record, caller))
}

/** What can be asked for now, those over longest first. Looks at so many at most; what is done makes room for the rest. */
export async function erasableBills(desk: BillDesk): Promise<ErasableView[]> {
  const { ports, store } = desk
  const before = ports.clock()
  before.setUTCFullYear(before.getUTCFullYear() - ports.settings.retentionYears)
  const over = await store.bills.kept.find(
    { 'title.state.name': { $in: ['ACCOMPLISHED', 'VOIDED'] }, updatedAt: { $lte: before.toISOString() as Instant }, erased: { $ne: true }, billNumber: { $ne: null } }, { projection: { billNumber: 1, title: 1, updatedAt: 1 } },
  ).sort({ updatedAt: 1, _id: 1 }).limit(200).toArray()
  const asked = new Set((await store.erasures.find({ _id: { $in: over.map(({ _id }) => _id) } }, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id))
  const found: ErasableView[] = []
  for (const { _id, billNumber, title: { state }, updatedAt } of over) {
    if (found.length === 50) break
    if (billNumber === null || asked.has(_id) || !(await isOver(desk, _id)) || (state.name !== 'ACCOMPLISHED' && state.name !== 'VOIDED')) continue
    found.push({ billNumber, state: state.name, voidReason: state.name === 'VOIDED' ? state.reason : null, overSince: updatedAt })
  }
  return found
}

async function isOver(desk: BillDesk, billId: BillId): Promise<boolean> {
  return refuseUnlessOver(desk, billId).then(() => true, (error: unknown) => {
    if (error instanceof Problem) return false
    throw error
  })
}

/** At start: what was agreed to and cut short is finished. */
export async function finishErasures(ports: Ports): Promise<void> {
  const store = billStore(ports)
  for (const { _id } of await store.erasures.find({ agreedBy: { $ne: null }, erasedAt: null }).toArray()) await erase(ports, store, _id)
}

/** Each step may be done again. The key first: from then on nothing of it can be read, whatever else fails. */
async function erase({ ledger, vault, eventLog, feed, clock }: Ports, store: BillStore, billId: BillId): Promise<void> {
  // What was prepared to replace a bill by this one is kept with the bill it replaced.
  const predecessors = (await ledger.read(billId))?.predecessors ?? []
  const drafts = await store.drafts.kept.find({ billId }, { projection: { _id: 1 } }).toArray()
  await vault.erase([billKey(billId), ...drafts.map(({ _id }) => draftKey(_id))])
  const { last } = await eventLog.append([{ id: `bill-erased:${billId}`, event: { type: 'bill-erased', billId }, about: [`bill:${billId}`] }])
  await Promise.all([
    store.drafts.kept.deleteMany({ billId }), store.visualisations.kept.deleteMany({ billId }), store.releases.deleteMany({ billId }), store.commitments.deleteMany({ billId }), store.requests.deleteMany({ subject: billId }), store.notices.deleteMany({ billId }),
    store.replacements.kept.deleteMany({ billId: { $in: [billId, ...predecessors] } }),
  ])
  await feed.upTo(last)
  await store.erasures.updateOne({ _id: billId, erasedAt: null }, { $set: { erasedAt: clock() } }, { writeConcern: { w: 'majority' } })
}

/** Over: neither it nor a bill that came from it stands for goods any more; a successor rests on the same boxes and their salts. */
async function refuseUnlessOver({ ports, store }: BillDesk, billId: BillId): Promise<void> {
  let last = 0
  for (const title of await familyOf(ports, billId)) {
    if (isLive(title)) throw new Problem('bill-still-live', { billNumber: (await store.bills.findOne({ _id: title.billId }, { projection: { billNumber: 1 } }))?.billNumber ?? title.billId })
    last = Math.max(last, Date.parse(title.updatedAt))
  }
  const until = new Date(last)
  until.setUTCFullYear(until.getUTCFullYear() + ports.settings.retentionYears)
  if (ports.clock() < until) throw new Problem('retention-running', { until: until.toISOString().slice(0, 10) })
}

async function familyOf({ ledger }: Pick<Ports, 'ledger'>, billId: BillId): Promise<Title[]> {
  const found = new Map<BillId, Title>()
  for (const waiting = [billId]; waiting.length > 0; ) {
    const next = waiting.pop()
    const title = next === undefined || found.has(next) ? null : await ledger.read(next)
    if (title === null) continue
    found.set(title.billId, title)
    waiting.push(...title.successors)
  }
  return [...found.values()]
}

function whoIs(caller: Caller): ErasureRecord['askedBy'] {
  if (caller.kind !== 'person') throw new Problem('forbidden')
  return { personId: caller.person.id, name: caller.person.name }
}

function erasureView({ billNumber, reason, askedBy, askedAt, agreedBy, agreedAt, erasedAt }: ErasureRecord, caller: Caller): ErasureView {
  return { billNumber, reason, askedBy: askedBy.name, askedByYou: caller.kind === 'person' && caller.person.id === askedBy.personId, askedAt: askedAt.toISOString(), agreedBy: agreedBy?.name ?? null, agreedAt: agreedAt?.toISOString() ?? null, erasedAt: erasedAt?.toISOString() ?? null }
}
