/** A count that takes longer, in milliseconds, is not worth the wait: the list goes without. */
const patience = 150
/** MaxTimeMSExpired, MongoDB’s error code. */
const timeExpired = 50

/** Beyond this many nobody reads the exact number, and counting them costs more than the page. */
const countedTo = 1_000

/** How many there are, counted up to a bound; null when there are more, or when counting them takes too long. A list never waits for the whole of what it is a page of. */
export async function counted(count: (options: { readonly limit: number; readonly maxTimeMS: number }) => Promise<number>): Promise<number | null> {
  const found = await count({ limit: countedTo + 1, maxTimeMS: patience }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === timeExpired) return null
    throw error
  })
  return found === null || found > countedTo ? null : found
}
