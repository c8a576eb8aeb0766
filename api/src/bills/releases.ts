import type { z } from 'zod'
import type { ReleaseCode } from '@yidan/api/contract'
import { releaseText, type BillId, type ContainerNumber, type ContainerRelease, type Hash, type Instant, type Title } from '@yidan/ledger'
import { randomInt } from 'node:crypto'
import { Problem } from '../http/problem.ts'
import { sha256Of, type BillDesk } from './desk.ts'
import { openText, sealText } from '../vault/cipher.ts'
import { billKey, type ReleaseRecord } from './store.ts'

/** No 0 O 1 I L: read out over a radio and typed with gloves. Twelve of them are 59 bits, so the hash on the ledger gives none away. */
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const codeLength = 12

/** One code for each box still here, kept encrypted; the answer is what the carrier signs. @throws Problem `no-surrender-request` */
export async function prepareReleases({ ports, store }: BillDesk, title: Title, days: number): Promise<ContainerRelease[]> {
  const { name } = title.state
  if (name !== 'PENDING_SURRENDER_FOR_DELIVERY' && name !== 'SURRENDERED_FOR_DELIVERY') throw new Problem('no-surrender-request')
  const expiresAt = new Date(ports.clock().getTime() + days * 86_400_000).toISOString() as Instant
  const here = (Object.keys(title.cargo) as ContainerNumber[]).filter((container) => title.cargo[container]?.name !== 'DELIVERED')
  const key = await ports.vault.keyFor(billKey(title.billId))
  if (key === null) throw new Problem('bill-erased')
  const made = here.map((container) => {
    const code = Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length))).join('')
    const codeHash = sha256Of(releaseText(title.billId, container, code)) as Hash
    const id = `${title.billId}:${container}:${codeHash}`
    const record: ReleaseRecord = { _id: id, billId: title.billId, container, codeHash, expiresAt, sealedCode: sealText(code, { key, about: id }) }
    return { release: { container, codeHash, expiresAt }, record }
  })
  if (made.length > 0) await store.releases.insertMany(made.map(({ record }) => record), { writeConcern: { w: 'majority' } })
  return made.map(({ release }) => release)
}

export async function releasesArePrepared({ store }: BillDesk, { billId, releases }: { billId: BillId; releases: readonly ContainerRelease[] }): Promise<boolean> {
  const ids = releases.map(({ container, codeHash }) => `${billId}:${container}:${codeHash}`)
  const kept = await store.releases.find({ _id: { $in: ids } }).toArray()
  const expiryById = new Map(kept.map(({ _id, expiresAt }) => [_id, expiresAt]))
  return releases.every(({ expiresAt }, index) => expiryById.get(ids[index] ?? '') === expiresAt)
}

/** The codes that are in force on the ledger, opened. */
export async function releaseCodesOf({ ports, store }: BillDesk, title: Title): Promise<z.infer<typeof ReleaseCode>[]> {
  if (title.state.name !== 'SURRENDERED_FOR_DELIVERY' && title.state.name !== 'ACCOMPLISHED') throw new Problem('not-accepted-for-delivery')
  const key = await ports.vault.keyFor(billKey(title.billId))
  if (key === null) throw new Problem('bill-erased')
  const kept = await store.releases.find({ billId: title.billId }).toArray()
  const lastCode = await lastReleases({ ports }, title.billId)
  return (Object.entries(title.cargo) as [ContainerNumber, Title['cargo'][ContainerNumber]][]).flatMap(([container, state]) => {
    const codeHash = state?.name === 'RELEASED' ? state.codeHash : lastCode.get(container)
    const record = kept.find((release) => release.container === container && release.codeHash === codeHash)
    if (record === undefined) return []
    return [{ container, code: openText(record.sealedCode, { key, about: record._id }), expiresAt: record.expiresAt, delivered: state?.name === 'DELIVERED' }]
  })
}

/** The last code given for each box, also once it was delivered against it. */
async function lastReleases({ ports }: Pick<BillDesk, 'ports'>, billId: BillId): Promise<ReadonlyMap<ContainerNumber, Hash>> {
  const entries = await ports.ledger.history(billId)
  const releases = entries.flatMap(({ events }) => events.flatMap((event) => (event.type === 'surrender-accepted' || event.type === 'releases-renewed' ? event.releases : [])))
  return new Map(releases.map(({ container, codeHash }) => [container, codeHash]))
}
