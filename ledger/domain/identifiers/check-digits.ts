/** ISO 7064 MOD 37,36 (hybrid): one check character over digits and A-Z. Catches every single error and nearly every swap of neighbours. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'

export function mod3736(text: string): string {
  let product = 36
  for (const character of text) {
    const value = alphabet.indexOf(character)
    if (value < 0) throw new RangeError(`"${character}" is not a digit or a letter A-Z`)
    const sum = (product + value) % 36 || 36
    product = (sum * 2) % 37
  }
  return alphabet.charAt((37 - product) % 36)
}
