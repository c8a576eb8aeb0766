const amountShape = /^(0|[1-9]\d{0,12})\.\d{2}$/

/** "5600000" and "5,600,000.5" as people type them, as "5600000.00" and "5600000.50"; null when it is no amount. */
export function amountOf(typed: string): string | null {
  const [, whole = '', cents = ''] = /^([\d,， ]+)(?:\.(\d{1,2}))?$/.exec(typed.trim()) ?? []
  const amount = `${whole.replace(/[,， ]/g, '').replace(/^0+(?=\d)/, '')}.${cents.padEnd(2, '0')}`
  return amountShape.test(amount) ? amount : null
}
