import type { VerifyRequest } from './verify-request.ts'

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

async function main(): Promise<number> {
  const request = parseArguments(process.argv.slice(2))
  if (request === null) {
    process.stderr.write(`${usage}\n`)
    return 2
  }
  // What reads and prints a PDF takes a second to load.
  const { verifyAsAsked } = await import('./verify-request.ts')
  return verifyAsAsked(request)
}

function parseArguments(given: readonly string[]): VerifyRequest | null {
  const named: VerifyRequest['named'] = {}
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

process.exitCode = await main()
