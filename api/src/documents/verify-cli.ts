import { readFile, stat } from 'node:fs/promises'
import { limits } from './attachments.ts'
import { verifyFile, type FileCheckCode, type FileVerdict } from './verify-file.ts'

/** `npm run verify -- FILE [--cert issuer.pem] [--json] [--lang en]`: checks a bill offline. Exit 0 genuine, 1 not, 2 wrong usage. */
const usage = `用法 usage: npm run verify -- FILE [--cert issuer.pem] [--json] [--lang en]
  FILE    提单 PDF、提单 JSON 或导出包  a bill as PDF, JSON or export bundle
  --cert  签发人证书或网络根证书 (PEM)  the issuer's certificate or the network's root
  --json  机器可读  for machines
  --lang  zh（默认 default）| en`

interface Request { readonly file: string; readonly certificate: string | null; readonly json: boolean; readonly english: boolean }

const words: Readonly<Record<FileCheckCode, readonly [zh: string, en: string]>> = {
  readable: ['文件可读', 'The file can be read'],
  schema: ['内容是一份提单', 'It is a bill'],
  hash: ['内容与签章一致', 'The document is the one that was sealed'],
  seal: ['签章有效', 'The seal is valid'],
  anchored: ['证书来源已确认', 'The certificate is one you trust'],
  agreement: ['签章与提单相符', 'Seal and bill agree'],
  pages: ['页面与内容一致', 'The pages say what the document says'],
}
const verdicts: Readonly<Record<FileVerdict['verdict'], readonly [zh: string, en: string]>> = {
  genuine: ['✓ 真实：与签发时一致', '✓ GENUINE: as it was issued'],
  consistent: ['？ 内容一致，但未确认是谁的证书：请用 --cert 给出签发人证书', '? CONSISTENT, but nobody vouches for its certificate: give --cert'],
  altered: ['✗ 不真实：已被改动或签章不符', '✗ NOT GENUINE: changed, or the seal does not fit'],
  unsealed: ['？ 无签章：不能离线核验', '? NO SEAL: cannot be checked offline'],
  unreadable: ['✗ 不是可读的提单文件', '✗ NOT a readable bill'],
}

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2))
  if (request === null) {
    process.stderr.write(`${usage}\n`)
    return 2
  }
  let bytes: Uint8Array
  let certificatePem: string | undefined
  try {
    if ((await stat(request.file)).size > limits.fileBytes) throw new Error(`larger than ${limits.fileBytes / 2 ** 20} MiB`)
    bytes = await readFile(request.file)
    certificatePem = request.certificate === null ? undefined : await readFile(request.certificate, 'utf8')
  } catch (error) {
    process.stderr.write(`读不到文件 cannot read: ${error instanceof Error ? error.message : String(error)}\n`)
    return 2
  }
  const verdict = await verifyFile(bytes, certificatePem === undefined ? {} : { certificatePem })
  process.stdout.write(request.json ? `${JSON.stringify(verdict)}\n` : told(verdict, request))
  return verdict.verdict === 'genuine' ? 0 : 1
}

function parseArguments(given: readonly string[]): Request | null {
  let file: string | null = null
  let certificate: string | null = null
  let json = false
  let english = false
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] ?? ''
    if (argument === '--json') json = true
    else if (argument === '--cert' || argument === '--lang') {
      const value = given[(index += 1)]
      if (value === undefined || (argument === '--lang' && value !== 'en' && value !== 'zh')) return null
      if (argument === '--cert') certificate = value
      else english = value === 'en'
    } else if (argument.startsWith('-') || file !== null) return null
    else file = argument
  }
  return file === null ? null : { file, certificate, json, english }
}

/** One screen: the verdict first, then the bill, then each check. */
function told({ verdict, document, docHash, seal, checks }: FileVerdict, { english }: Request): string {
  const say = ([zh, en]: readonly [string, string]): string => (english ? en : `${zh}  ${en}`)
  const lines = ['', `  ${say(verdicts[verdict])}`, '']
  if (document !== undefined) {
    const rows: (readonly [label: readonly [string, string], value: string])[] = [
      [['提单', 'Bill'], `${document.billNumber} v${document.version}${document.negotiable ? '' : '  NON-NEGOTIABLE'}`],
      [['承运人', 'Carrier'], `${document.carrier.name} ${document.carrier.creditCode ?? ''}`],
      [['托运人', 'Shipper'], document.shipper.name],
      [['路线', 'Route'], `${document.placeOfReceipt.name} → ${document.placeOfDelivery.name}`],
      [['箱数', 'Boxes'], String(document.containers.length)],
      ...(seal === undefined ? [] : [[['签发', 'Issued'], `${seal.issuedAt}  ${seal.network}`] as const]),
      ...(docHash === undefined ? [] : [[['散列', 'Hash'], docHash] as const]),
    ]
    lines.push(...rows.map(([label, value]) => `  ${padded(say(label), 16)} ${withoutControls(value)}`), '')
  }
  for (const { code, ok, detail } of checks) lines.push(`  ${ok === null ? '?' : ok ? '✓' : '✗'} ${say(words[code])}`, `      ${withoutControls(detail)}`)
  lines.push('', `  ${say(['离线核验不能说明提单是否仍有效、由谁持有；请查账本。', 'Offline nobody can tell whether the bill is still live or who holds it: ask the ledger.'])}`, '')
  return lines.join('\n')
}

/** Han characters take two columns of a terminal. */
function padded(text: string, columns: number): string {
  const width = [...text].reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1), 0)
  return text + ' '.repeat(Math.max(0, columns - width))
}

/** A file may not steer the terminal it is shown on. */
function withoutControls(text: string): string {
  return text.replace(/\p{C}/gu, '')
}

process.exitCode = await main()
