import type { DraftContent } from '@yidan/api/contract'
import { Amount, fromMinor, teuOf, toMinor } from '@yidan/ledger'

/** 一次收费 while it is typed: TEU of all boxes, each line times TEU, one exact total. Lines that are no amount yet count as none. */
export function chargesSoFar({ charges, containers = [] }: DraftContent): { readonly teu: number; readonly lines: readonly (string | null)[]; readonly total: string } {
  const teu = containers.reduce((sum, { sizeType }) => sum + (sizeType ? teuOf(sizeType) : 0), 0)
  const minors = (charges?.lines ?? []).map(({ perTeu }) => minorOf(perTeu, teu))
  return { teu, lines: minors.map((minor) => (minor === null ? null : fromMinor(minor))), total: fromMinor(minors.reduce<bigint>((sum, minor) => sum + (minor ?? 0n), 0n)) }
}

function minorOf(perTeu: string | undefined, teu: number): bigint | null {
  const text = (perTeu ?? '').trim().replaceAll(',', '')
  const [, whole, cents = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? []
  if (whole === undefined) return null
  const amount = Amount.safeParse(`${BigInt(whole)}.${cents.padEnd(2, '0')}`)
  return amount.success ? toMinor(amount.data) * BigInt(teu) : null
}
