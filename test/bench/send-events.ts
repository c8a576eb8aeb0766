/** Sends events as a machine does. @throws Error unless all of them were taken */
export async function sendEvents({ url, cookie }: { readonly url: string; readonly cookie: string }, batch: readonly unknown[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/events`, { method: 'POST', headers: { cookie, 'content-type': 'application/json', 'x-yidan': '1' }, body: JSON.stringify(batch) })
  const report = (await answer.json()) as { accepted?: number }
  if (report.accepted !== batch.length) throw new Error(`events were not taken: ${JSON.stringify(report)}`)
}
