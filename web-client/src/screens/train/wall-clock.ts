/** A wall-clock time as typed (`2026-11-24T20:00`) with the offset of its place; null when nothing was typed. */
export function zonedAt(local: string, offset: string): string | null {
  return local === '' ? null : `${local.length === 16 ? `${local}:00` : local}${offset}`
}
