import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly json: unknown
}

/** Somebody’s endpoint: keeps what it was sent and answers as it is told to. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** The status of the next answers; `hang` never answers. */
  answer: number | 'hang'
  close(): Promise<void>
}

export async function openReceiver(path = '/hook'): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      received.push({ headers: request.headers, body, json: JSON.parse(body) })
      if (receiver.answer !== 'hang') response.writeHead(receiver.answer, receiver.answer === 302 ? { location: 'http://127.0.0.1:1/elsewhere' } : {}).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, received, answer: 204,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => void server.close(() => resolve()))
    },
  }
  return receiver
}

/** Checks a signature as a receiver would: by the text of the documentation, not by our code. */
export function isSignedWith(secret: string, { headers, body }: Received): boolean {
  const parts = String(headers['yidan-signature']).split(',').map((part) => part.split('='))
  const at = parts.find(([name]) => name === 't')?.[1] ?? ''
  const wanted = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  return Math.abs(Number(at) - Date.now() / 1000) < 300 && parts.some(([name, value]) => name === 'v1' && value === wanted)
}
