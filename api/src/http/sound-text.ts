/**
 * What JSON allows and no document needs: NUL and lone surrogates in text (the database and the canonical form refuse them), and nesting
 * so deep that walking it overflows the stack.
 */
const deepest = 64
const loneSurrogate = /\p{Surrogate}/u
const brackets = { quote: 0x22, backslash: 0x5c, open: [0x5b, 0x7b], close: [0x5d, 0x7d] } as const

/** Whether JSON bytes nest deeper than anything of ours does. One pass, before parsing. */
export function nestsTooDeep(bytes: Uint8Array): boolean {
  let depth = 0
  let isText = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (isText) {
      if (byte === brackets.backslash) index += 1
      else if (byte === brackets.quote) isText = false
    } else if (byte === brackets.quote) isText = true
    else if (byte === brackets.open[0] || byte === brackets.open[1]) {
      depth += 1
      if (depth > deepest) return true
    } else if (byte === brackets.close[0] || byte === brackets.close[1]) depth -= 1
  }
  return false
}

/** Whether the bytes hold an escape that could make such text; raw bytes cannot. */
export function mayHoldUnsoundText(bytes: Buffer): boolean {
  return bytes.includes('\\u0000') || bytes.includes('\\ud') || bytes.includes('\\uD')
}

export function isSoundText(text: string): boolean {
  return !text.includes('\u0000') && !loneSurrogate.test(text)
}

/** Paths of all texts and names that are not sound. */
export function unsoundTexts(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  if (typeof value === 'string') return isSoundText(value) ? [] : [[...path]]
  if (Array.isArray(value)) return value.flatMap((item, index) => unsoundTexts(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, item]) => (isSoundText(name) ? unsoundTexts(item, [...path, name]) : [[...path]]))
}
