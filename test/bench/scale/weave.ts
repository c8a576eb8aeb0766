/** What is put in place of what. */
export interface Thread {
  /** The new text for a name of the pattern; called once for each place where the name stands. */
  readonly name: (token: string) => string
  /** Added to every moment, in milliseconds. */
  readonly shift: number
}
type Weaver = (thread: Thread) => unknown

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?(Z|[+-]\d\d:\d\d)$/

/** Compiles a record into a loom: what no name or moment stands in is shared by all that it makes. `known` are the names to replace, wherever they stand in a text. */
export function loom<T>(pattern: T, known: RegExp): (thread: Thread) => T {
  const weave = weaverOf(pattern, known)
  return typeof weave === 'function' ? (thread) => weave(thread) as T : () => pattern
}

/** A function where something varies; null where the value stays as it is. */
function weaverOf(value: unknown, known: RegExp): Weaver | null {
  if (typeof value === 'string') return ofText(value, known)
  if (value instanceof Date) return ({ shift }) => new Date(value.getTime() + shift)
  if (Array.isArray(value)) return ofList(value, known)
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return null
  return ofRecord(value as Record<string, unknown>, known)
}

function ofText(text: string, known: RegExp): Weaver | null {
  if (moment.test(text)) return aMoment(text)
  const parts = text.split(known)
  if (parts.length === 1) return null
  // Split by a pattern with one group: every other part is a name.
  return ({ name }) => parts.map((part, index) => (index % 2 === 1 ? name(part) : part)).join('')
}

/** Fifty bills of one train share their moments. */
function aMoment(text: string): Weaver {
  let last = { shift: 0, text }
  return ({ shift }) => {
    if (last.shift !== shift) last = { shift, text: later(text, shift) }
    return last.text
  }
}

/** In the zone and precision in which it was written. */
function later(text: string, shift: number): string {
  const zone = /[+-]\d\d:\d\d$/.exec(text)?.[0]
  if (zone === undefined) return new Date(Date.parse(text) + shift).toISOString()
  const [hours = '0', minutes = '0'] = zone.slice(1).split(':')
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (zone.startsWith('-') ? -1 : 1)
  return `${new Date(Date.parse(text) + shift + offset).toISOString().slice(0, text.includes('.') ? 23 : 19)}${zone}`
}

function ofList(list: readonly unknown[], known: RegExp): Weaver | null {
  const weavers = list.map((item) => weaverOf(item, known))
  if (weavers.every((weaver) => weaver === null)) return null
  return (thread) => list.map((item, index) => weavers[index]?.(thread) ?? item)
}

function ofRecord(record: Readonly<Record<string, unknown>>, known: RegExp): Weaver | null {
  const fields = Object.entries(record).map(([name, value]) => ({ name, value, weave: weaverOf(value, known), weaveName: ofText(name, known) }))
  if (fields.every(({ weave, weaveName }) => weave === null && weaveName === null)) return null
  return (thread) => {
    const woven: Record<string, unknown> = {}
    for (const { name, value, weave, weaveName } of fields) woven[weaveName === null ? name : (weaveName(thread) as string)] = weave === null ? value : weave(thread)
    return woven
  }
}

/** The paths of a record and what kind of value stands there; items of a list count as one, names as `*` where `known` matches. */
export function shapeOf(value: unknown, known: RegExp, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => shapeOf(item, known, `${path}[]`)))].sort()
  if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) {
    return [...new Set(Object.entries(value).flatMap(([name, inner]) => shapeOf(inner, known, `${path}.${name.split(known).length > 1 ? '*' : name}`)))].sort()
  }
  return [`${path}: ${value === null ? 'null' : value instanceof Date ? 'date' : typeof value === 'object' ? value.constructor.name : typeof value}`]
}
