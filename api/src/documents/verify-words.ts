import { proofWords, type ProofReport } from '@yidan/ledger/proof'
import type { OwnPeerAnswer } from '@yidan/ledger/proof/own-peer'
import type { FileCheckCode, FileVerdict } from './verify-file.ts'
import type { PartyName, TitleVerdict } from './verify-title.ts'

/** What `npm run verify` prints: one screen, the verdict first. */
export interface Speech { readonly english: boolean }
type Words = readonly [zh: string, en: string]

const checkWords: Readonly<Record<FileCheckCode, Words>> = {
  readable: ['文件可读', 'The file can be read'],
  schema: ['内容是一份提单', 'It is a bill'],
  hash: ['内容与签章一致', 'The document is the one that was sealed'],
  seal: ['签章有效', 'The seal is valid'],
  anchored: ['证书来源已确认', 'The certificate is one you trust'],
  agreement: ['签章与提单相符', 'Seal and bill agree'],
  pages: ['页面与内容一致', 'The pages say what the document says'],
}
const fileVerdicts: Readonly<Record<FileVerdict['verdict'], Words>> = {
  genuine: ['✓ 真实：与签发时一致', '✓ GENUINE: as it was issued'],
  consistent: ['？ 内容一致，但未确认是谁的证书：请用 --cert 给出签发人证书', '? CONSISTENT, but nobody vouches for its certificate: give --cert'],
  altered: ['✗ 不真实：已被改动或签章不符', '✗ NOT GENUINE: changed, or the seal does not fit'],
  unsealed: ['？ 无签章：不能离线核验', '? NO SEAL: cannot be checked offline'],
  unreadable: ['✗ 不是可读的提单文件', '✗ NOT a readable bill'],
}
const stateWords: Readonly<Record<string, Words>> = {
  APPROVED: ['托运人已确认，未签发', 'approved, not issued'], ISSUED: ['已签发', 'issued'], PENDING_SURRENDER_FOR_DELIVERY: ['缴回提货待受理', 'surrender for delivery pending'], SURRENDERED_FOR_DELIVERY: ['已缴回，可提货', 'surrendered for delivery'],
  ACCOMPLISHED: ['货已交付', 'accomplished'], PENDING_SURRENDER_FOR_AMENDMENT: ['缴回改单待受理', 'surrender for amendment pending'], SURRENDERED_FOR_AMENDMENT: ['已缴回改单', 'surrendered for amendment'], VOIDED: ['已作废', 'void'],
}
const peerWords: Readonly<Record<OwnPeerAnswer['verdict'], Words>> = {
  same: ['✓ 自有节点上的现状与证据相同', '✓ your own peer holds the very same head'], 'moved-on': ['？ 证据属实，但其后又有新的记录：请取新证据', '? the proof is true, but acts have followed it: get a new one'],
  behind: ['？ 自有节点尚未同步到此', '? your own peer has not got so far yet'], differs: ['✗ 自有节点上的记录与证据不同', '✗ your own peer holds other entries than the proof'], unknown: ['✗ 自有节点上没有这份提单', '✗ your own peer knows nothing of this bill'],
}

export function fileTold(file: FileVerdict, speech: Speech): string {
  const say = sayer(speech)
  const { verdict, checks } = file
  const lines = ['', `  ${say(fileVerdicts[verdict])}`, '', ...billRows(file, say)]
  for (const { code, ok, detail } of checks) lines.push(`  ${mark(ok)} ${say(checkWords[code])}`, `      ${withoutControls(detail)}`)
  lines.push('', `  ${say(['离线核验不能说明提单是否仍有效、由谁持有；请查账本，或用 --proof 给出账本证据。', 'Offline nobody can tell whether the bill is still live or who holds it: ask the ledger, or give its evidence with --proof.'])}`, '')
  return lines.join('\n')
}

export function titleTold({ verdict, file, proof, sameBill, names }: TitleVerdict, peer: OwnPeerAnswer | null, speech: Speech): string {
  const say = sayer(speech)
  const name = namer(names)
  const head = verdict === 'genuine' ? say(['✓ 提单真实，权利已证明', '✓ GENUINE, and title is proven']) : say(['✗ 未能证明', '✗ NOT SHOWN'])
  const lines = ['', `  ${head}`, `  ${say(fileVerdicts[file.verdict === 'consistent' && sameBill === true ? 'genuine' : file.verdict])}`, `  ${say(proofWords.verdicts[proof.verdict])}`]
  if (sameBill === false) lines.push(`  ${say(['✗ 证据属于另一份提单或另一版本', '✗ the proof is of another bill, or of another version of it'])}`)
  lines.push('', ...billRows(file, say))
  if (proof.title && verdict === 'genuine') lines.push(...standing(proof, name, say), '')
  for (const { seq, recordedAt, block, action, party, signers } of proof.chain) {
    lines.push(`  ${padded(String(seq), 3)} ${recordedAt.slice(0, 16).replace('T', ' ')}  #${padded(String(block), 7)} ${padded(action, 18)} ${withoutControls(name(party))}  ${signers.map(({ ok }) => (ok ? '✓' : '✗')).join('')}`)
  }
  lines.push('')
  const told = (ok: boolean | null, words: Words, detail: string): string => `  ${mark(ok)} ${say(words)}${ok === true ? '' : `\n      ${withoutControls(detail)}`}`
  for (const { code, ok, detail } of file.checks.filter((check) => check.ok === false)) lines.push(told(ok, checkWords[code], detail))
  for (const { code, ok, detail } of proof.checks) lines.push(told(ok, proofWords.checks[code], detail))
  if (peer) lines.push('', `  ${say(peerWords[peer.verdict])}`, `      ${peer.organisation} ${peer.peer}: ${peer.height} blocks${peer.head ? `, entry ${peer.head.seq} in block ${peer.head.block}, ${peer.head.hash.slice(0, 16)}` : ''}`)
  lines.push('')
  return lines.join('\n')
}

/** Who holds what, as of which block. */
function standing({ title, asOf, vouchers }: ProofReport, name: (partyId: string) => string, say: (words: Words) => string): readonly string[] {
  if (!title) return []
  const { titleholder, possessor, encumbrance, holds, state } = title
  const rows: (readonly [Words, string])[] = [
    [['权利人', 'Title'], titleholder === null ? '—' : titleholder === 'BLANK' ? say(['持有人（不记名）', 'whoever possesses it (blank)']) : name(titleholder)],
    [['控制人', 'Possession'], possessor === null ? '—' : name(possessor)],
    [['质权人', 'Pledge'], encumbrance.name === 'NONE' ? '—' : `${encumbrance.name} ${name(encumbrance.pledgee)}`],
    ...(holds.length > 0 ? [[['限制', 'Holds'], holds.map(({ kind }) => kind).join(', ')] as const] : []),
    [['状态', 'State'], `${say(stateWords[state.name] ?? [state.name, state.name])}${state.name === 'VOIDED' ? ` ${state.reason}` : ''}`],
    [['截至', 'As of'], `#${asOf?.block ?? '?'}${asOf?.at ? `, ${asOf.at}` : ''}  ${vouchers.join(', ')}`],
  ]
  return rows.map(([label, value]) => row(say(label), value))
}

function billRows({ document, docHash, seal }: Pick<FileVerdict, 'document' | 'docHash' | 'seal'>, say: (words: Words) => string): readonly string[] {
  if (document === undefined) return []
  const rows: (readonly [Words, string])[] = [
    [['提单', 'Bill'], `${document.billNumber} v${document.version}${document.negotiable ? '' : '  NON-NEGOTIABLE'}`],
    [['承运人', 'Carrier'], `${document.carrier.name} ${document.carrier.creditCode ?? ''}`],
    [['托运人', 'Shipper'], document.shipper.name],
    [['路线', 'Route'], `${document.placeOfReceipt.name} → ${document.placeOfDelivery.name}`],
    [['箱数', 'Boxes'], String(document.containers.length)],
    ...(seal === undefined ? [] : [[['签发', 'Issued'], `${seal.issuedAt}  ${seal.network}`] as const]),
    ...(docHash === undefined ? [] : [[['散列', 'Hash'], docHash] as const]),
  ]
  return [...rows.map(([label, value]) => row(say(label), value)), '']
}

/** A party's name with its identifier when that was opened; what nobody can check is in question marks. */
function namer(names: readonly PartyName[]): (partyId: string) => string {
  return (partyId) => {
    const known = names.find((one) => one.partyId === partyId)
    return known === undefined ? partyId.slice(0, 9) : `${known.from === 'told' ? `?${known.name}?` : known.name}${known.identifier === null ? '' : ` (${known.identifier})`} ${partyId.slice(0, 9)}`
  }
}

function sayer({ english }: Speech): (words: Words) => string {
  return ([zh, en]) => (english ? en : `${zh}  ${en}`)
}

function mark(ok: boolean | null): string {
  return ok === null ? '?' : ok ? '✓' : '✗'
}

function row(label: string, value: string): string {
  return `  ${padded(label, 18)} ${withoutControls(value)}`
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
