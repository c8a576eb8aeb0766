import type { ContainerSummary } from '@yidan/api/contract'
import type { z } from 'zod'

type Box = z.infer<typeof ContainerSummary>

/** Groups of "my boxes by what is next", in the order a shipper asks. */
export const nextGroups = ['late', 'arriving', 'moving', 'waiting', 'done'] as const
export type NextGroup = (typeof nextGroups)[number]

export function groupOf(box: Pick<Box, 'movement' | 'late' | 'next' | 'leg' | 'legs'>): NextGroup {
  const over = box.next === null && (box.movement === 'GATED_OUT' || box.movement === 'DISCHARGED') && (box.leg ?? 0) >= box.legs
  if (over) return 'done'
  if (box.late || box.movement === 'EXCEPTION') return 'late'
  if (box.movement === 'ARRIVED' || box.movement === 'DISCHARGED') return 'arriving'
  if (box.movement === 'EXPECTED' || box.movement === 'GATED_IN') return 'waiting'
  return 'moving'
}

/** Boxes under their group; empty groups are left out. */
export function byWhatIsNext<T extends Pick<Box, 'movement' | 'late' | 'next' | 'leg' | 'legs'>>(boxes: readonly T[]): readonly { readonly group: NextGroup; readonly boxes: readonly T[] }[] {
  return nextGroups.map((group) => ({ group, boxes: boxes.filter((box) => groupOf(box) === group) })).filter(({ boxes: own }) => own.length > 0)
}

/** What a search text is: it decides where Enter goes. */
export function kindOfNumber(text: string): 'container' | 'bill' | 'other' {
  const trimmed = text.trim().toUpperCase()
  return /^[A-Z]{3}[UJZ]\d{7}$/.test(trimmed) ? 'container' : /^[A-Z]{4}\d{10}[0-9A-Z]$/.test(trimmed) ? 'bill' : 'other'
}
