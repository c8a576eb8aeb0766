import { readFile, stat } from 'node:fs/promises'
import type { OwnPeerAnswer } from '@yidan/ledger/proof/own-peer'
import { limits } from './attachments.ts'
import { verifyFile } from './verify-file.ts'
import { readRoots, verifyTitle } from './verify-title.ts'
import { fileTold, titleTold } from './verify-words.ts'

export interface VerifyRequest {
  readonly file: string
  /** As they were named at the command line. */
  readonly named: Partial<Record<'--cert' | '--proof' | '--roots' | '--peer' | '--as' | '--lang', string>>
  readonly json: boolean
}

/** A proof holds whole blocks: a long chain of title has some megabytes. */
const largestProof = 256 * 2 ** 20

/** Checks a bill's file, and title to it where evidence is given, and prints what was found. @returns 0 genuine, 1 not shown, 2 something could not be read or did not answer */
export async function verifyAsAsked({ file, named, json }: VerifyRequest): Promise<number> {
  const speech = { english: named['--lang'] === 'en' }
  let bytes: Uint8Array, certificatePem: string | undefined, evidence: unknown, roots: Awaited<ReturnType<typeof readRoots>> | undefined
  try {
    bytes = await readUpTo(file, limits.fileBytes)
    certificatePem = named['--cert'] === undefined ? undefined : await readFile(named['--cert'], 'utf8')
    evidence = named['--proof'] === undefined ? undefined : jsonOf(await readUpTo(named['--proof'], largestProof))
    roots = named['--roots'] === undefined ? undefined : await readRoots(named['--roots'])
  } catch (error) {
    return refused(`读不到文件 cannot read: ${messageOf(error)}`)
  }
  const verdict = await verifyFile(bytes, certificatePem === undefined ? {} : { certificatePem })
  if (evidence === undefined || roots === undefined) {
    process.stdout.write(json ? `${JSON.stringify(verdict)}\n` : fileTold(verdict, speech))
    return verdict.verdict === 'genuine' ? 0 : 1
  }

  const title = verifyTitle({ file: verdict, evidence, roots })
  let peer: OwnPeerAnswer | null = null
  if (named['--peer'] !== undefined && title.proof.subject !== null) {
    try {
      // Only who asks a peer needs what speaks to one.
      const { askOwnPeer } = await import('@yidan/ledger/proof/own-peer')
      peer = await askOwnPeer({ profile: named['--peer'], organisation: named['--as'], proof: title.proof })
    } catch (error) {
      return refused(`自有节点没有回答 your own peer did not answer: ${messageOf(error)}`)
    }
  }
  process.stdout.write(json ? `${JSON.stringify({ ...title, peer })}\n` : titleTold(title, peer, speech))
  return title.verdict === 'genuine' && (peer === null || peer.verdict === 'same') ? 0 : 1
}

async function readUpTo(path: string, bytes: number): Promise<Uint8Array> {
  if ((await stat(path)).size > bytes) throw new Error(`${path} is larger than ${bytes / 2 ** 20} MiB`)
  return readFile(path)
}

/** Null where it is no JSON: then it proves nothing. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}

function refused(words: string): number {
  process.stderr.write(`${words}\n`)
  return 2
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
