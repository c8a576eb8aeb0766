import { fault, type IntakeFinding } from '../findings.ts'
import { component, type Segment, type Segments } from './segments.ts'

/** A message of an interchange: what stands before its first box, and each box (EQD) with the segments that follow it. */
export interface Message {
  readonly head: Segment
  /** COARRI, CODECO ... */
  readonly type: string
  readonly common: readonly Segment[]
  readonly boxes: readonly { readonly equipment: Segment; readonly own: readonly Segment[] }[]
}

/** The messages of an interchange. One without its end, or with another number of segments than it says, is told and left out as a whole. */
export function messagesIn({ segments, rest }: Segments): { readonly messages: readonly Message[]; readonly findings: readonly IntakeFinding[] } {
  const findings: IntakeFinding[] = []
  const messages: Message[] = []
  if (!segments.some(({ tag }) => tag === 'UNB')) findings.push(fault({ row: segments[0]?.row ?? 1 }, 'no-interchange'))
  if (rest) findings.push(fault(rest, 'interchange-cut-short'))
  let open: Segment[] | null = null
  for (const segment of segments) {
    if (segment.tag === 'UNH') {
      if (open) findings.push(unclosed(open))
      open = [segment]
    } else if (segment.tag === 'UNT' && open) {
      const told = component(segment, 1), counted = open.length + 1
      if (Number(told) === counted) messages.push(messageOf(open))
      else findings.push(fault(placeOf(segment), 'segment-count', { column: 'UNT', value: told ?? '', detail: { told: told ?? '—', counted } }))
      open = null
    } else if (open) {
      open.push(segment)
    } else if (!['UNB', 'UNG', 'UNE', 'UNZ'].includes(segment.tag)) {
      findings.push(fault(placeOf(segment), 'message-outside', { column: segment.tag.slice(0, 10), detail: { what: segment.tag.slice(0, 10) } }))
    }
  }
  if (open) findings.push(unclosed(open))
  return { messages, findings }
}

export const placeOf = ({ row, segment }: Segment): { row: number; segment: number } => ({ row, segment })

function unclosed([head]: readonly Segment[]): IntakeFinding {
  return fault(head ? placeOf(head) : { row: 1 }, 'message-unclosed', { column: 'UNH', value: head ? (component(head, 1) ?? '') : '' })
}

function messageOf(segments: readonly Segment[]): Message {
  const [head] = segments as [Segment, ...Segment[]]
  const starts = segments.flatMap(({ tag }, index) => (tag === 'EQD' ? [index] : []))
  return {
    head, type: component(head, 2)?.toUpperCase() ?? '', common: segments.slice(1, starts[0] ?? segments.length),
    // CNT and what else comes after the last box belongs to nobody; it is of no use to a box either.
    boxes: starts.map((start, index) => ({ equipment: segments[start] as Segment, own: segments.slice(start + 1, starts[index + 1] ?? segments.length) })),
  }
}
