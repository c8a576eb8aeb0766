import { z } from 'zod'
import type { Hash, LogEntry, PartyId } from '../domain/index.ts'
import { sha256 } from '../signing/node-checks.ts'
import { operatorOf, type Constitution } from './constitution.ts'
import { expected, Fault } from './fault.ts'
import type { Stub } from './stub.ts'
import type { WorldState } from './world-state.ts'

const Texts = z.array(z.string().max(100_000)).max(128)

/** Texts that came beside the transaction, by their hash; they are in no block. @throws Fault when they have not the form of such */
export function confidentialTexts(stub: Stub): ReadonlyMap<Hash, string> {
  const given = stub.getTransient().get('confidential')
  if (given === undefined || given.length === 0) return new Map()
  return new Map(expected(Texts, jsonOf(given)).map((text): [Hash, string] => [sha256(text), text]))
}

/**
 * Puts the terms of each pledge into the collection of the organisation that stands for the pledgee: that organisation's peers have them,
 * everybody else has their hash.
 */
export async function keepConfidential(stub: Stub, state: WorldState, { constitution, texts, entries }: { readonly constitution: Constitution; readonly texts: ReadonlyMap<Hash, string>; readonly entries: readonly LogEntry[] }): Promise<void> {
  for (const { pledgee, termsHash } of entries.flatMap(pledgesOf)) {
    const text = texts.get(termsHash)
    if (text === undefined) continue
    const host = (await state.get('party', pledgee))?.party?.host ?? operatorOf(constitution)
    await stub.putPrivateData(collectionOf(host), termsHash, Buffer.from(text, 'utf8'))
  }
}

/** A text that no command names would be believed kept, and is not. @throws Fault `confidential-not-named` */
export function refuseUnnamed(texts: ReadonlyMap<Hash, string>, named: ReadonlySet<unknown>): void {
  for (const hash of texts.keys()) if (!named.has(hash)) throw new Fault('confidential-not-named', { hash })
}

/** What an organisation was told, by its hash. Only its own peers have it, so whose collection it is follows from who asks. */
export async function readConfidential(stub: Stub, organisation: string, hash: Hash): Promise<string | null> {
  const bytes = await stub.getPrivateData(collectionOf(organisation), hash)
  return bytes.length === 0 ? null : Buffer.from(bytes).toString('utf8')
}

/** Every organisation of a channel has such a collection without anybody defining it. */
function collectionOf(organisation: string): string {
  return `_implicit_org_${organisation}`
}

function pledgesOf({ events }: LogEntry): readonly { readonly pledgee: PartyId; readonly termsHash: Hash }[] {
  return events.flatMap((event) => {
    if (event.type === 'pledge-proposed') return [{ pledgee: event.pledgee, termsHash: event.termsHash }]
    if (event.type === 'pledge-assigned') return [{ pledgee: event.to, termsHash: event.termsHash }]
    return []
  })
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    throw new Fault('malformed-call', { faults: ['confidential: no JSON'] })
  }
}
