import { canonicalize } from 'json-canonicalize'

/**
 * The one byte order for everything that is hashed or signed: RFC 8785 (JSON Canonicalization Scheme).
 * @throws Error for what JSON cannot carry: undefined, NaN, Infinity, bigint, and text with half a surrogate pair.
 */
export function canonicalJson(value: unknown): string {
  if (value === undefined) throw new TypeError('undefined is not JSON')
  const text = canonicalize(value)
  // JSON.stringify escapes only unpaired surrogates as \ud…; RFC 8785 §3.2.2.2 wants them refused.
  if (loneSurrogate.test(text)) throw new TypeError('the text holds half a surrogate pair')
  return text
}

const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/
