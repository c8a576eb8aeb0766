import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mail } from './ports.ts'

/** Mails as files in a folder (0700), one each, named by their time: for a trial without a mail server, and for a relay that collects them. */
export async function openMailFolder({ directory, clock }: { readonly directory: string; readonly clock: () => Date }): Promise<Mail> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  return {
    async send({ to, subject, text }) {
      const at = clock()
      const head = [`To: ${oneLine(to)}`, `Subject: =?UTF-8?B?${Buffer.from(subject).toString('base64')}?=`, `Date: ${at.toUTCString()}`, 'Content-Type: text/plain; charset=utf-8']
      const name = `${at.toISOString().replaceAll(/[:.]/g, '-')}-${randomBytes(4).toString('hex')}.eml`
      await writeFile(join(directory, name), `${head.join('\r\n')}\r\n\r\n${text}\r\n`, { mode: 0o600, flag: 'wx' })
    },
  }
}

/** A line break in an address would let its owner write headers of his own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}
