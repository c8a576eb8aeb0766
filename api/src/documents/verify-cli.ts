import { readFile, stat } from 'node:fs/promises'
import type { OwnPeerAnswer } from '@yidan/ledger/proof/own-peer'
import { limits } from './attachments.ts'
import { verifyFile } from './verify-file.ts'
import { readRoots, verifyTitle } from './verify-title.ts'
import { fileTold, titleTold } from './verify-words.ts'

/** `npm run verify -- FILE …`: checks a bill, and title to it where evidence is given. Exit 0 genuine, 1 not shown, 2 wrong usage. */
const usage = `用法 usage: npm run verify -- FILE [--cert issuer.pem] [--proof proof.json --roots DIR [--peer connection.json [--as ORGANISATION]]] [--json] [--lang en]
  FILE     提单 PDF、提单 JSON 或导出包  a bill as PDF, JSON or export bundle
  --cert   签发人证书或网络根证书 (PEM)  the issuer's certificate or the network's root
  --proof  账本证据 (JSON)  the ledger's evidence: the answer of GET /api/v1/bills/{no}/proof
  --roots  各机构根证书的文件夹，每机构一个 PEM  a folder with one PEM per organisation, named after it (BankMSP.pem)
  --peer   再问自有节点  asks your own organisation's peer too, by its connection profile
  --as     用哪家机构的节点  whose peer, where the profile has several
  --json   机器可读  for machines
  --lang   zh（默认 default）| en`

const values = ['--cert', '--proof', '--roots', '--peer', '--as', '--lang'] as const
type Named = Partial<Record<(typeof values)[number], string>>
interface Request { readonly file: string; readonly named: Named; readonly json: boolean }

/** A proof holds whole blocks: a long chain of title has some megabytes. */
const largestProof = 256 * 2 ** 20

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2))
  if (request === null) return refused(usage)
  const { file, named, json } = request
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

function parseArguments(given: readonly string[]): Request | null {
  const named: Named = {}
  let file: string | null = null, json = false
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] ?? '', name = values.find((one) => one === argument)
    if (argument === '--json') json = true
    else if (name) {
      const value = given[(index += 1)]
      if (value === undefined) return null
      named[name] = value
    } else if (argument.startsWith('-') || file !== null) return null
    else file = argument
  }
  const isWhole = (named['--proof'] === undefined) === (named['--roots'] === undefined) && (named['--peer'] === undefined || named['--proof'] !== undefined) && (named['--as'] === undefined || named['--peer'] !== undefined)
  return file === null || !isWhole || !['zh', 'en', undefined].includes(named['--lang']) ? null : { file, named, json }
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

process.exitCode = await main()
