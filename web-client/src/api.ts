import { makeClient, ProblemError, type Client } from '@yidan/api/contract'
import { noteTime } from './clock.ts'
import { noteAnswer, noteSilence } from './connection.ts'
import { language } from './i18n/language.ts'

/** Called when the server says that nobody is signed in any more; the session store sets it. */
let onSessionEnd: (() => void) | null = null
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener
}

const client = makeClient({
  baseUrl: '',
  headers: () => ({ 'accept-language': language.value }),
  fetch: async (input, init) => {
    try {
      const answer = await fetch(input, init)
      noteAnswer()
      noteTime(answer.headers.get('date'))
      return answer
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'AbortError')) noteSilence()
      throw error
    }
  },
})

/** The typed client of all screens: `await call('bill', { params: { billNumber } })`. @throws ProblemError, or TypeError when the network is away. */
export const call: Client['call'] = (name, request) => client.call(name, request).catch(noteSessionEnd)
export const download: Client['download'] = (name, request) => client.download(name, request).catch(noteSessionEnd)

function noteSessionEnd(error: unknown): never {
  if (error instanceof ProblemError && ['not-signed-in', 'session-expired'].includes(error.problem.code)) onSessionEnd?.()
  throw error
}

/** Hands a downloaded file to the browser. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  setTimeout(() => { URL.revokeObjectURL(link.href) }, 60_000)
}
