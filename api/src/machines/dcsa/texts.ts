/** A name as long as its field takes; blank ones are left out. Names of DCSA 3.0 neither begin nor end with a space. */
export function cut(text: string | undefined, length: number): string | undefined {
  const whole = text?.trim() ?? ''
  // Half of a character that is written as two is none.
  const part = whole.slice(0, length).replace(/\p{Surrogate}$/u, '').trim()
  return part === '' ? undefined : part
}

/** A code or number whole, or not at all: half of one is another one. */
export function fits(text: string | undefined, length: number): string | undefined {
  const whole = text?.trim() ?? ''
  return whole === '' || whole.length > length ? undefined : whole
}
