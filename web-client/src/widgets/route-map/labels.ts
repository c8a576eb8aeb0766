import type { Point } from './route.ts'

export interface Label extends Point { readonly text: string; readonly anchor: 'middle' | 'start' | 'end' }
interface Box { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

/** Puts a name beside each point so that names cover neither each other nor a point, as far as there is room. */
export function placeLabels(points: readonly (Point & { readonly text: string })[], { width, height, size }: { width: number; height: number; size: number }): readonly Label[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 }))
  return points.map(({ x, y, text }, index) => {
    const wide = widthOf(text, size)
    const choices: readonly Label[] = [
      { text, x, y: y + size + 10, anchor: 'middle' }, { text, x, y: y - 12, anchor: 'middle' },
      { text, x: x + 12, y: y + size / 3, anchor: 'start' }, { text, x: x - 12, y: y + size / 3, anchor: 'end' },
      { text, x, y: y + size * 2 + 12, anchor: 'middle' }, { text, x, y: y - size - 14, anchor: 'middle' },
    ]
    const scored = choices.map((label) => ({ label: inside(label, wide, width), cost: 0 })).map(({ label }) => {
      const box = boxOf(label, wide, size)
      const outside = Math.max(0, -box.top) + Math.max(0, box.bottom - height)
      return { label, box, cost: outside * 20 + taken.reduce((sum, other, at) => (at === index ? sum : sum + overlap(box, other)), 0) }
    })
    const best = scored.reduce((chosen, candidate) => (candidate.cost < chosen.cost ? candidate : chosen))
    taken.push(best.box)
    return best.label
  })
}

/** A Chinese character is as wide as high, others about 0.56 of it. */
export function widthOf(text: string, size: number): number {
  let wide = 0
  for (const character of text) wide += (character.codePointAt(0) ?? 0) > 0x2e7f ? size : size * 0.56
  return wide
}

function inside(label: Label, wide: number, width: number): Label {
  if (label.anchor !== 'middle') return label
  return { ...label, x: Math.min(width - wide / 2 - 2, Math.max(wide / 2 + 2, label.x)) }
}

function boxOf({ x, y, anchor }: Label, wide: number, size: number): Box {
  const left = anchor === 'middle' ? x - wide / 2 : anchor === 'start' ? x : x - wide
  return { left, right: left + wide, top: y - size, bottom: y + size * 0.25 }
}

function overlap(one: Box, other: Box): number {
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left), down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
  return across > 0 && down > 0 ? across * down : 0
}
