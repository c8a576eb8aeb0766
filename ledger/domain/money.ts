import { z } from 'zod'

/** ISO 4217 codes the platform settles in; all have two decimals. */
export const currencies = ['CNY', 'USD', 'EUR'] as const
export const Currency = z.enum(currencies)
export type Currency = z.infer<typeof Currency>

/** A money amount as text with exactly two decimals, such as "3860.00". Never a floating-point number. */
export const Amount = z.string().regex(/^(0|[1-9]\d{0,12})\.\d{2}$/, 'an amount is text with two decimals, like 3860.00')
export type Amount = z.infer<typeof Amount>

export const Money = z.strictObject({ amount: Amount, currency: Currency })
export type Money = z.infer<typeof Money>

/** Hundredths (分, cents) as bigint. */
export function toMinor(amount: Amount): bigint {
  return BigInt(amount.replace('.', ''))
}

export function fromMinor(minor: bigint): Amount {
  const digits = minor.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/**
 * Converts at a rate given as decimal text (units of the target for one unit of the source), rounding half up at the line, as
 * 人民币 invoices do. `convert({ amount: "100.00", rate: "7.1234" })` is "712.34".
 */
export function convert({ amount, rate }: { amount: Amount; rate: string }): Amount {
  const [whole = '0', fraction = ''] = rate.split('.')
  const scale = 10n ** BigInt(fraction.length)
  const product = toMinor(amount) * BigInt(whole + fraction)
  return fromMinor((product * 2n + scale) / (scale * 2n))
}
