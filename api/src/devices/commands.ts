import type { DeviceRefusal, DeviceView } from '@yidan/api/contract'
import type { ContainerNumber } from '@yidan/ledger'
import type { CallerCompany } from '../access/caller.ts'
import { literally } from '../http/literal.ts'
import { Problem } from '../http/problem.ts'
import type { DeviceRecord, DeviceStore } from './store.ts'

const shown = 200
const bindingsKept = 100

/**
 * Puts a device on a box, from a moment on. It leaves the box it was on. The same again changes nothing.
 * @throws Problem `device-taken` when it is on a box of another company
 */
export async function bindDevice(store: DeviceStore, company: CallerCompany, { deviceId, container, from }: { readonly deviceId: string; readonly container: ContainerNumber; readonly from: Date }): Promise<DeviceView> {
  const { devices } = store
  const before = await devices.findOne({ _id: deviceId })
  if (before?.container && before.companyId !== company.id) throw new Problem('device-taken')
  if (before?.container === container) return viewOf(before, company)
  // What it told of times before this moment stays with the box it was on then.
  const ended = (before?.bindings ?? []).map((binding) => (binding.until === null || binding.until > from ? { ...binding, until: binding.from > from ? binding.from : from } : binding))
  const bindings = [...ended, { container, partyId: company.partyId, companyId: company.id, from, until: null }].slice(-bindingsKept)
  const change = { companyId: company.id, container, bindings, boundAt: from }
  try {
    const after = await devices.findOneAndUpdate({ _id: deviceId, ...(before === null ? { container: null, bindings: [] } : { container: before.container, companyId: before.companyId }) }, { $set: change, $setOnInsert: { lastMessageAt: null, messages: 0, refused: 0 } }, { upsert: before === null, returnDocument: 'after' })
    if (after !== null) return viewOf(after, company)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 11000)) throw error
  }
  // Somebody else was a moment faster.
  return bindDevice(store, company, { deviceId, container, from })
}

/** @throws Problem `not-found` for a device that is not the company's */
export async function releaseDevice({ devices }: DeviceStore, company: CallerCompany, deviceId: string, at: Date): Promise<DeviceView> {
  const before = await devices.findOne({ _id: deviceId, companyId: company.id })
  if (before === null) throw new Problem('not-found')
  const bindings = before.bindings.map((binding) => (binding.until === null ? { ...binding, until: at } : binding))
  const after = await devices.findOneAndUpdate({ _id: deviceId, companyId: company.id, container: before.container }, { $set: { container: null, bindings } }, { returnDocument: 'after' })
  return viewOf(after ?? before, company)
}

export async function listDevices({ devices }: DeviceStore, company: CallerCompany, q: string | undefined): Promise<DeviceView[]> {
  const start = q?.trim() ? new RegExp(`^${literally(q.trim())}`, 'i') : null
  const found = await devices.find({ companyId: company.id, ...(start ? { $or: [{ _id: start }, { container: start }] } : {}) }).sort({ boundAt: -1 }).limit(shown).toArray()
  return found.map((device) => viewOf(device, company))
}

export async function listRefusals({ refusals }: DeviceStore, company: CallerCompany, deviceId: string | undefined): Promise<DeviceRefusal[]> {
  const found = await refusals.find({ ...(company.roles.includes('operator') ? {} : { companyId: company.id }), ...(deviceId === undefined ? {} : { deviceId }) }).sort({ at: -1, _id: -1 }).limit(shown).toArray()
  return found.map(({ deviceId: name, at, code, reason, payload }) => ({ deviceId: name, at: at.toISOString(), code, reason, payload }))
}

/** Bindings under another company are that company's business. */
function viewOf({ _id, container, bindings, lastMessageAt, messages, refused }: DeviceRecord, company: CallerCompany): DeviceView {
  const own = bindings.filter(({ companyId }) => companyId === company.id)
  return {
    deviceId: _id, container, bindings: own.toReversed().map((binding) => ({ container: binding.container, from: binding.from.toISOString(), until: binding.until?.toISOString() ?? null })),
    lastMessageAt: lastMessageAt?.toISOString() ?? null, messages, refused,
  }
}
