const year = 365 * 86_400_000

/** Whether a key has been in use so long that a new one is advised. Keys do not end by themselves. */
export function isOld(registeredAt: string, now: number): boolean {
  return now - Date.parse(registeredAt) >= year
}
