import type { LedgerStanding } from '@yidan/api/contract'

/** Certificates are spoken of this many days before they end. */
const warnedBefore = 60

/** Certificates of the network and of the seals that end soon or have ended, the first to end on top. */
export function warnedCertificates({ keepers, seals, asOf }: Pick<LedgerStanding, 'keepers' | 'seals' | 'asOf'>): readonly { readonly of: string; readonly days: number }[] {
  const ofSeals = seals.map(({ of, until }) => ({ of, days: Math.floor((Date.parse(until) - Date.parse(asOf)) / 86_400_000) }))
  return [...(keepers?.certificates ?? []), ...ofSeals].filter(({ days }) => days < warnedBefore).sort((one, other) => one.days - other.days)
}
