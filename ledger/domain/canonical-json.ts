import canonicalize from 'canonicalize'

/**
 * The one byte order for everything that is hashed or signed: RFC 8785 (JSON Canonicalization Scheme).
 * Refuses what JSON cannot carry (NaN, Infinity, bigint, lone surrogates).
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('nothing to canonicalise: the value is not JSON')
  return text
}
