import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Organisation } from '../port.ts'
import type { PeerAddress } from './gateways.ts'

const File = z.string().min(1)

/** What `connection.json` of a network says. Files are named relative to its folder. */
const ConnectionFile = z.object({
  channel: z.string(),
  chaincode: z.string(),
  /** Hash that the chaincode must name as its code; absent where the network is run by others and this is configured. */
  code: z.string().optional(),
  /** It runs on this machine and may be brought up by whoever needs it. */
  local: z.boolean().default(false),
  organisations: z.array(z.object({
    id: z.string(),
    role: z.enum(['operator', 'association', 'bank', 'authority']),
    peers: z.array(z.object({ name: z.string(), address: z.string() })).min(1),
    /** PEM of the authorities behind its TLS certificates. */
    tlsRoots: File,
    /** The gateway certificate and key of this organisation, where they are kept here. */
    client: z.object({ certificate: File, key: File }).optional(),
  })).min(1),
})

/** A network as a client needs to know it. */
export interface Profile {
  readonly channel: string
  readonly chaincode: string
  readonly code: string | null
  readonly local: boolean
  readonly organisations: readonly Organisation[]
  readonly peers: readonly PeerAddress[]
  /** Paths, by organisation. */
  readonly clients: ReadonlyMap<string, { readonly certificate: string; readonly key: string }>
}

/** The profile cannot be used; the message says what is wrong with it. */
export class ProfileFault extends Error {
  override readonly name = 'ProfileFault'
}

/** @throws ProfileFault */
export async function readProfile(path: string): Promise<Profile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => { throw new ProfileFault(`There is no Fabric network described in ${path}.`, { cause: error }) })
  const parsed = ConnectionFile.safeParse(jsonOrNull(text))
  if (!parsed.success) throw new ProfileFault(`${path} is no connection file: ${z.prettifyError(parsed.error)}`)
  const { channel, chaincode, code, local, organisations } = parsed.data
  const at = (file: string): string => resolve(dirname(path), file)
  const peers = await Promise.all(organisations.flatMap(({ id, peers, tlsRoots }) => peers.map(async (peer) => ({ organisation: id, ...peer, tlsRoots: await readPem(at(tlsRoots)) }))))
  return {
    channel, chaincode, code: code ?? null, local, peers,
    organisations: organisations.map(({ id, role }) => ({ id, role })),
    clients: new Map(organisations.flatMap(({ id, client }) => (client ? [[id, { certificate: at(client.certificate), key: at(client.key) }] as const] : []))),
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readPem(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => { throw new ProfileFault(`The connection file names ${path}, which cannot be read.`, { cause: error }) })
}
