import type { ChainLink } from '@yidan/api/contract'
import { canonicalJson, noHash, signingText, type BillId } from '@yidan/ledger'
import { fromBase64, keyIdOf, sha256Hex, verifySignature } from '@yidan/ledger/signing'

/**
 * The chain checked by the reader's own machine, with nothing believed but the mathematics: each signature over the very bytes of its
 * command, each key against its name, each entry against its hash and the entry before. Whose key it is, the ledger's register says.
 */
export interface LinkCheck {
  readonly seq: number
  readonly signatures: readonly { readonly keyId: string; readonly good: boolean }[]
  /** The hash of the entry is that of its content, and the content continues the entry before. */
  readonly chained: boolean
  /** What is shown is what was signed: act, party and command. */
  readonly told: boolean
}

export async function checkChain(billId: string, links: readonly ChainLink[]): Promise<readonly LinkCheck[]> {
  const inOrder = [...links].sort((one, other) => one.seq - other.seq)
  return Promise.all(inOrder.map((link, index) => checkLink(billId, link, inOrder[index - 1] ?? null)))
}

/** Whether every signature and every hash held. */
export function holds({ signatures, chained, told }: LinkCheck): boolean {
  return chained && told && signatures.length > 0 && signatures.every(({ good }) => good)
}

async function checkLink(billId: string, link: ChainLink, before: ChainLink | null): Promise<LinkCheck> {
  const { seq, signed, events, recordedAt, hash } = link, { command } = signed
  const text = signingText(command), prevHash = before?.hash ?? noHash
  const entry = canonicalJson({ subject: billId as BillId, seq, prevHash, signed, events, recordedAt })
  // An act on another bill may have made this entry too (the successor of an amendment): then its own head is the other bill's.
  const continues = command.subject !== billId || (command.expects === seq - 1 && command.prevHash === prevHash)
  return {
    seq,
    signatures: await Promise.all(signed.signatures.map(async ({ keyId, value }) => ({ keyId, good: await fits({ keyId, value, text, publicKey: link.signers.find((signer) => signer.keyId === keyId)?.publicKey ?? null }) }))),
    chained: seq === (before?.seq ?? 0) + 1 && continues && (await sha256Hex(entry)) === hash,
    told: link.action === command.action && link.party.partyId === command.party && link.commandId === command.commandId && signed.signatures[0]?.keyId === command.keyId,
  }
}

async function fits({ keyId, value, text, publicKey }: { keyId: string; value: string; text: string; publicKey: string | null }): Promise<boolean> {
  if (publicKey === null || (await named(publicKey)) !== keyId) return false
  return verifySignature({ publicKey, text, value })
}

/** A key's name is the beginning of its own hash. */
async function named(publicKey: string): Promise<string | null> {
  try {
    return await keyIdOf(fromBase64(publicKey))
  } catch {
    return null
  }
}
