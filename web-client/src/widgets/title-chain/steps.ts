import type { ChainLink, PartyRef, Standing } from '@yidan/api/contract'
import { toldTogether, type Told } from './told-together.ts'

/** A pointer that an act moved, or offers to move. */
export interface Move {
  readonly what: 'control' | 'title' | 'offer' | 'proposal' | 'pledge'
  readonly from: PartyRef | 'BLANK' | null
  readonly to: PartyRef | 'BLANK' | null
}

export interface Step extends Told {
  readonly moves: readonly Move[]
  /** Where the step stands on the bracket that a pledge draws beside the chain. */
  readonly bracket: 'start' | 'middle' | 'end' | null
  readonly pledgee: PartyRef | null
  readonly shape: 'start' | 'lock' | 'end' | 'back' | 'step'
  /** More than one person or party signed it. */
  readonly isJoint: boolean
}

/** The acts on a bill in the order of the ledger, with what each changed. */
export function stepsOf(links: readonly ChainLink[]): readonly Step[] {
  const inOrder = [...links].sort((one, other) => one.seq - other.seq)
  const before = new Map(inOrder.map((link, index) => [link.seq, inOrder[index - 1]?.standing ?? null]))
  return toldTogether(inOrder).map(({ link, links, boxes }, index, told) => {
    const isPledged = pledged(link.standing), wasPledged = pledged(told[index - 1]?.link.standing)
    return {
      link, links, boxes, moves: movesOf(before.get(link.seq) ?? null, link.standing), shape: shapeOf(link), isJoint: link.signers.length > 1,
      bracket: isPledged ? (wasPledged ? 'middle' : 'start') : wasPledged ? 'end' : null,
      pledgee: isPledged ? link.standing.pledgee : wasPledged ? (told[index - 1]?.link.standing.pledgee ?? null) : null,
    }
  })
}

function movesOf(before: Standing | null, after: Standing): Move[] {
  const moves: Move[] = []
  const move = (what: Move['what'], from: Move['from'], to: Move['to']): void => { if (idOf(from) !== idOf(to)) moves.push({ what, from, to }) }
  move('title', before?.titleholder ?? null, after.titleholder)
  move('control', before?.possessor ?? null, after.possessor)
  if (after.offer && idOf(before?.offer?.to ?? null) !== after.offer.to.partyId) moves.push({ what: 'offer', from: after.offer.from, to: after.offer.to })
  const was = before?.pledgeState ?? 'NONE'
  if (after.pledgeState === 'PROPOSED' && was !== 'PROPOSED') moves.push({ what: 'proposal', from: after.possessor, to: after.pledgee })
  else if (pledged(after)) move('pledge', pledged(before) ? (before?.pledgee ?? null) : null, after.pledgee)
  return moves
}

function idOf(who: Move['from']): string | null {
  return who === null || who === 'BLANK' ? who : who.partyId
}

function pledged(standing: Standing | null | undefined): boolean {
  return standing?.pledgeState === 'PLEDGED' || standing?.pledgeState === 'DEFAULTED' || standing?.pledgeState === 'ENFORCING'
}

function shapeOf({ events }: ChainLink): Step['shape'] {
  const types = events.map(({ type }) => String(type))
  if (types.includes('bill-voided') || types.includes('bill-accomplished')) return 'end'
  if (types.includes('bill-issued')) return 'start'
  if (types.some((type) => /^(pledge-(proposed|accepted|assigned)|default-declared|enforcement-started|hold-placed|delivery-stopped)$/.test(type))) return 'lock'
  return types.some((type) => /rejected|withdrawn|declined|released|lifted|resumed|cured/.test(type)) ? 'back' : 'step'
}
