/**
 * Carriers write one place with several UN/LOCODEs: CNTAO is Qingdao's airport in the list and its seaport on every sea waybill.
 * Codes are kept as written; only comparison knows that they mean the same.
 */
const sameplaces: readonly (readonly string[])[] = [
  ['CNQDP', 'CNTAO', 'CNQIN', 'CNQAW'],
  ['CNNBP', 'CNNGB', 'CNNBO', 'CNBEI'],
  ['KRPUS', 'KRBNP'],
  ['CNZGZ', 'CNZZZ', 'CNCGO'],
]
const groupOf = new Map(sameplaces.flatMap((codes) => codes.map((code) => [code, codes[0] ?? code] as const)))

/** Where something happened or is planned to happen. */
export interface PlaceName {
  readonly name: string | null
  readonly code: string | null
}

/** True or false when codes or names tell, null when they do not. */
export function samePlace(one: PlaceName, other: PlaceName): boolean | null {
  if (one.code !== null && other.code !== null) return canonical(one.code) === canonical(other.code)
  if (one.name !== null && other.name !== null && one.name === other.name) return true
  return null
}

/** One code for all under which a place is written. */
export function canonical(code: string): string {
  return groupOf.get(code) ?? code
}
