import { pledgeInForce, type ContainerNumber, type Title } from '@yidan/ledger'
import type { Reason } from './reasons.ts'

/** What the gate knows of one box: its title from the ledger, its movements from tracking. */
export interface BoxAtGate {
  readonly container: ContainerNumber
  /** Title of the bill that speaks for the box, read from the ledger itself; null when no bill does or the ledger does not know it yet. */
  readonly title: Title | null
  readonly known: boolean
  readonly customsHold: boolean
  readonly sealMismatch: boolean
  readonly sealsFound: readonly string[]
  readonly inYard: boolean
  readonly neverIn: boolean
}

/** The release code that was shown, and what its hash would be for this box. */
export interface ShownCode {
  readonly hash: string
}

/** Why the box must stay. Empty means release. T-5: nothing goes out unless surrendered, accepted and released, once, against its own code. */
export function reasonsToHold({ container, title, known, customsHold, sealMismatch, sealsFound }: BoxAtGate, code: ShownCode | null, now: Date): Reason[] {
  if (!known) return [{ why: 'not-on-list' }]
  if (title === null) return [{ why: 'not-issued' }]
  const found: Reason[] = [...billReasons(title), ...cargoReasons(title, container, code, now)]
  if (customsHold) found.push({ why: 'customs' })
  if (sealMismatch) found.push({ why: 'seal-mismatch', values: { found: sealsFound.join(', ') } })
  return found
}

/** What holds every box of the bill. */
export function billReasons(title: Title): Reason[] {
  const found: Reason[] = []
  const word = stateWords[title.state.name]
  if (word !== null) found.push({ why: word })
  if (pledgeInForce(title) !== null) found.push({ why: 'pledged' })
  for (const { kind } of title.holds) {
    if (kind === 'JUDICIAL') found.push({ why: 'court-hold' })
    else if (kind === 'CARRIER_LIEN') found.push({ why: 'lien' })
    else found.push({ why: 'other-hold', values: { hold: kind } })
  }
  if (title.stop !== null) found.push({ why: 'stopped' })
  return found
}

const stateWords = {
  APPROVED: 'not-issued', ISSUED: 'not-surrendered', PENDING_SURRENDER_FOR_DELIVERY: 'surrender-not-accepted', SURRENDERED_FOR_DELIVERY: null, ACCOMPLISHED: null,
  PENDING_SURRENDER_FOR_AMENDMENT: 'not-surrendered', SURRENDERED_FOR_AMENDMENT: 'not-surrendered', VOIDED: 'void',
} as const satisfies Record<Title['state']['name'], Reason['why'] | null>

function cargoReasons(title: Title, container: ContainerNumber, code: ShownCode | null, now: Date): Reason[] {
  const cargo = title.cargo[container]
  if (cargo?.name === 'DELIVERED') return [{ why: 'already-delivered', values: { at: cargo.at, by: cargo.by } }]
  if (title.state.name !== 'SURRENDERED_FOR_DELIVERY') return []
  if (cargo === undefined) return [{ why: 'not-on-bill' }]
  if (cargo.name !== 'RELEASED') return [{ why: 'not-released' }]
  if (Date.parse(cargo.expiresAt) <= now.getTime()) return [{ why: 'code-expired', values: { at: cargo.expiresAt } }]
  return code !== null && code.hash !== cargo.codeHash ? [{ why: 'code-wrong' }] : []
}

/** What the gate would do next with the box. */
export function nextMove({ title, known, neverIn, inYard }: BoxAtGate, held: boolean): 'gate-in' | 'gate-out' | 'none' {
  if (!held) return 'gate-out'
  const expected = title === null || title.state.name === 'APPROVED' || title.state.name === 'ISSUED'
  return known && expected && neverIn && !inYard ? 'gate-in' : 'none'
}

/** Delivered on the ledger a moment ago and still in the yard: it may leave, its code was burned for this. */
export function deliveredAndStillHere({ title, container, inYard, neverIn }: BoxAtGate): boolean {
  return title?.cargo[container]?.name === 'DELIVERED' && (inYard || !neverIn)
}
