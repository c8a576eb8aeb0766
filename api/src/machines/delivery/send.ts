import { createHmac } from 'node:crypto'
import { request as plain } from 'node:http'
import { request as secure } from 'node:https'
import { isIP } from 'node:net'
import { guardedLookup, hostOf, mayCall, PrivateAddress } from './callback-address.ts'

/** What came of one call: accepted (2xx), or why not, in a word that tells nothing of the network behind. */
export interface Outcome {
  readonly accepted: boolean
  readonly status: number | null
  readonly fault: 'status' | 'timeout' | 'refused-address' | 'no-connection' | null
  readonly milliseconds: number
}

export interface SendSettings {
  readonly allowLoopback: boolean
  readonly timeoutMs: number
}

/** An answer is read this far, so that the connection ends in order; what it says is nobody's business. */
const answerLimit = 65_536

/** One POST of JSON. Redirects are not followed: they would lead where nobody looked. */
export function post({ url: text, body, headers, settings }: { readonly url: string; readonly body: string; readonly headers: Readonly<Record<string, string>>; readonly settings: SendSettings }): Promise<Outcome> {
  const url = new URL(text)
  const began = performance.now()
  const ended = (rest: Omit<Outcome, 'milliseconds'>): Outcome => ({ ...rest, milliseconds: Math.round(performance.now() - began) })
  const host = hostOf(url)
  if (isIP(host) !== 0 && !mayCall(host, settings)) return Promise.resolve(ended({ accepted: false, status: null, fault: 'refused-address' }))
  return new Promise((resolve) => {
    const bytes = Buffer.from(body, 'utf8')
    const call = (url.protocol === 'https:' ? secure : plain)(url, {
      method: 'POST', agent: false, lookup: guardedLookup(settings), signal: AbortSignal.timeout(settings.timeoutMs),
      headers: { 'content-type': 'application/json', 'content-length': String(bytes.length), 'user-agent': 'Yidan', ...headers },
    })
    call.on('response', (response) => {
      const status = response.statusCode ?? 0
      const outcome = ended({ accepted: status >= 200 && status < 300, status, fault: status >= 200 && status < 300 ? null : 'status' })
      let read = 0
      response.on('data', (chunk: Buffer) => {
        read += chunk.length
        if (read > answerLimit) response.destroy()
      })
      response.on('error', () => undefined)
      response.on('close', () => resolve(outcome))
    })
    call.on('error', (error) => {
      const fault = error instanceof PrivateAddress ? 'refused-address' : error.name === 'TimeoutError' || error.name === 'AbortError' ? 'timeout' : 'no-connection'
      resolve(ended({ accepted: false, status: null, fault }))
    })
    call.end(bytes)
  })
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a dot and the body; while a secret is being changed, one `v1` for each. */
export function signatureOver(body: string, { secrets, at }: { readonly secrets: readonly Uint8Array[]; readonly at: Date }): string {
  const seconds = String(Math.floor(at.getTime() / 1000))
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${hmac(secret, `${seconds}.${body}`)}`)].join(',')
}

export function hmac(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(text, 'utf8').digest('hex')
}
