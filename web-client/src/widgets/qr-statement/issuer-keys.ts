import type { IssuerKeys } from '@yidan/api/contract'

/** The keys of all who issue bills on this network, kept on this device: a QR can then be judged where there is no network. */
const place = 'yidan.issuerKeys'
type Keep = Pick<Storage, 'getItem' | 'setItem'>

export function keptKeys(keep: Keep = localStorage): IssuerKeys | null {
  try {
    const kept = JSON.parse(keep.getItem(place) ?? 'null') as IssuerKeys | null
    return kept !== null && typeof kept.network === 'string' && Array.isArray(kept.items) ? kept : null
  } catch {
    return null
  }
}

/** Asks for the list as it is now and keeps it. @throws what `ask` throws; what is kept stays */
export async function freshKeys(ask: () => Promise<IssuerKeys>, keep: Keep = localStorage): Promise<IssuerKeys> {
  const keys = await ask()
  try {
    keep.setItem(place, JSON.stringify(keys))
  } catch {
    // A device without room for it judges QRs while it has a network.
  }
  return keys
}
