import type { DraftContent } from '@yidan/api/contract'

/** What was typed and wiped again is not there at all: empty texts, numbers left empty and objects with nothing in them. Rows keep their places. */
export function withoutBlanks(content: DraftContent): DraftContent {
  return strip(content) as DraftContent
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item) ?? {})
  if (typeof value !== 'object' || value === null) return value === '' || (typeof value === 'number' && !Number.isFinite(value)) ? undefined : value
  const kept = Object.entries(value).map(([key, inner]) => [key, strip(inner)] as const).filter(([, inner]) => inner !== undefined && !isEmptyObject(inner))
  return Object.fromEntries(kept)
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
}
