import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromBase64, makeSigner, signerFromPkcs8, toBase64, type Signer } from './index.ts'

/** A system's key in a PEM file (PKCS #8, mode 0600), made at first use. @throws when the file is there but is no P-256 key. */
export async function fileSigner(path: string): Promise<Signer> {
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (pem !== null) return signerFromPkcs8(fromPem(pem, path))
  const signer = await makeSigner({ extractable: true })
  const body = toBase64(new Uint8Array(await crypto.subtle.exportKey('pkcs8', signer.pair.privateKey)))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(unfinished, `-----BEGIN PRIVATE KEY-----\n${body.replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END PRIVATE KEY-----\n`, { mode: 0o600, flag: 'wx' })
  await rename(unfinished, path)
  return signer
}

function fromPem(pem: string, path: string): Uint8Array<ArrayBuffer> {
  const body = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/.exec(pem)?.[1]
  if (body === undefined) throw new Error(`${path} is not a PKCS #8 private key in PEM`)
  return fromBase64(body.replaceAll(/\s/g, ''))
}
