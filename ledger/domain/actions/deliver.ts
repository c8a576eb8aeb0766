import { z } from 'zod'
import { titleOf, type Action, type LedgerView, type Signed } from '../action.ts'
import { ContainerNumber } from '../identifiers/container-number.ts'
import { refuseUnless } from '../refusal.ts'
import type { BillId } from '../ids.ts'
import { isOnPaper, type Title } from '../title.ts'
import { isLastOutstanding, refuseIfHeld, refuseIfStopped } from './standing.ts'
import { isDeliverable, refuseUnlessReleasesFit, Release } from './surrender.ts'
import type { ContainerRelease, TitleEvent } from '../events.ts'

const DeliverArgs = z.strictObject({ container: ContainerNumber, code: z.string().min(6).max(40) })
const RenewArgs = z.strictObject({ releases: z.array(Release).min(1).max(200) })

/** One box out of the gate against its own code, once (T-5). The last one accomplishes the bill. */
export const deliver: Action<'deliver', z.infer<typeof DeliverArgs>> = {
  name: 'deliver',
  subject: 'bill',
  purpose: 'title',
  args: DeliverArgs,
  decide(signed, view) {
    const { args: { container, code }, party, now } = signed
    const title = acceptedForDelivery(signed, view)
    refuseIfHeld(title)
    refuseIfStopped(title)
    refuseUnless(title.carrier === party || (view.party(party)?.roles.includes('terminal') ?? false), 'not-delivery-party', { billId: title.billId })
    const cargo = title.cargo[container]
    refuseUnless(cargo !== undefined, 'container-not-on-bill', { container })
    refuseUnless(cargo.name !== 'DELIVERED' && cargo.name !== 'SETTLED', 'container-already-delivered', { container })
    refuseUnless(isDeliverable(title, container), 'container-gone', { container })
    refuseUnless(cargo.name === 'RELEASED' && cargo.codeHash === view.sha256(releaseText(title.billId, container, code)), 'bad-release-code', { container })
    refuseUnless(Date.parse(cargo.expiresAt) > Date.parse(now), 'release-code-expired', { container, expiresAt: cargo.expiresAt })
    const delivered: TitleEvent = { type: 'container-delivered', billId: title.billId, container, by: party }
    return isLastOutstanding(title, container) ? [delivered, { type: 'bill-accomplished', billId: title.billId }] : [delivered]
  },
}

/** New codes for boxes still here: the old ones expired or were lost. */
export const renewReleases: Action<'renewReleases', z.infer<typeof RenewArgs>> = {
  name: 'renewReleases',
  subject: 'bill',
  purpose: 'title',
  args: RenewArgs,
  decide(signed, view) {
    const title = acceptedForDelivery(signed, view)
    refuseUnless(title.carrier === signed.party, 'not-carrier', { billId: title.billId })
    refuseIfHeld(title, ['CARRIER_LIEN'])
    const { releases } = signed.args
    const gone = releases.find(({ container }) => title.cargo[container]?.name === 'DELIVERED')
    refuseUnless(gone === undefined, 'container-already-delivered', { container: gone?.container })
    const named: readonly ContainerRelease[] = releases
    refuseUnlessReleasesFit(named, named.map(({ container }) => container), signed.now)
    const stranger = releases.find(({ container }) => title.cargo[container] === undefined)
    refuseUnless(stranger === undefined, 'container-not-on-bill', { container: stranger?.container })
    const unreachable = releases.find(({ container }) => !isDeliverable(title, container))
    refuseUnless(unreachable === undefined, 'container-gone', { container: unreachable?.container })
    return [{ type: 'releases-renewed', billId: title.billId, by: signed.party, releases }]
  },
}

/** What a release code's hash is taken over: the code is worth nothing for another box or bill. */
export function releaseText(billId: BillId, container: ContainerNumber, code: string): string {
  return `${billId}:${container}:${code}`
}

function acceptedForDelivery(signed: Signed<unknown>, view: LedgerView): Title {
  const title = titleOf(signed, view)
  const { name } = title.state
  refuseUnless(!isOnPaper(title), 'bill-on-paper', { billId: title.billId })
  refuseUnless(name !== 'VOIDED', 'bill-void', { billId: title.billId })
  refuseUnless(name !== 'ACCOMPLISHED', 'bill-accomplished', { billId: title.billId })
  refuseUnless(name === 'SURRENDERED_FOR_DELIVERY', 'not-accepted-for-delivery', { billId: title.billId })
  return title
}
