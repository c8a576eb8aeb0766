/** Milliseconds to wait for what is bound to come: only to end a test whose wait is in vain, never a measure of speed. */
export const patience = 60_000

/**
 * Waits until it is so, asking again every few milliseconds; what fails when asked is not so yet.
 * @returns how long that took, in milliseconds
 */
export async function until(isSo: () => boolean | Promise<boolean>, what = isSo.toString()): Promise<number> {
  const begun = Date.now()
  let fault: unknown
  const holds = async (): Promise<boolean> => {
    try {
      return await isSo()
    } catch (error) {
      fault = error
      return false
    }
  }
  while (!(await holds())) {
    if (Date.now() - begun > patience) throw new Error(`waited in vain: ${what}`, { cause: fault })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return Date.now() - begun
}
