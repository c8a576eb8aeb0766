import { createHash } from 'node:crypto'

/** Names of things that the standards want to be a UUID and that have none of their own: made from what they are, so that everybody gets the same. */
export function uuidOf(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\0')).digest('hex')
  return uuid(`${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17, 32)}`)
}

/**
 * The id of an act on the ledger as an event: a UUID (version 8) that says where it stands in the log, so that it can be found again, and
 * proves by part of the entry's hash that it is of this log.
 */
export function titleEventId({ position, index, entryHash }: { readonly position: number; readonly index: number; readonly entryHash: string }): string {
  const place = position.toString(16).padStart(12, '0')
  return uuid(`${place}8${index.toString(16).padStart(3, '0')}8${entryHash.slice(0, 15)}`)
}

/** Where an id made by `titleEventId` points; null for other ids. */
export function placeIn(id: string): { readonly position: number; readonly index: number } | null {
  const hex = id.replaceAll('-', '')
  if (!/^[0-9a-f]{12}8[0-9a-f]{3}8[0-9a-f]{15}$/.test(hex)) return null
  return { position: Number.parseInt(hex.slice(0, 12), 16), index: Number.parseInt(hex.slice(13, 16), 16) }
}

function uuid(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
