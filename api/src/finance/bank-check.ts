import type { BankCheck, BillView, PledgeTerms } from '@yidan/api/contract'
import { checkContainerNumber, hasSeaLeg, isLive, pledgeInForce, toMinor, totalsOf, type BillDocument, type PartyId, type Title } from '@yidan/ledger'
import type { z } from 'zod'
import { may } from '../access/abilities.ts'
import type { Caller } from '../access/caller.ts'
import { gateFindings, issuedGateIns } from '../bills/boxes.ts'
import { ownCompany, sha256Of, type BillDesk } from '../bills/desk.ts'
import { chainOf } from '../bills/history.ts'
import { billView, boxesFor, documentText, type BoxSummary, unseen, type OpenedBill } from '../bills/view.ts'
import { checkSeal } from '../documents/index.ts'
import type { Language } from '../http/handlers.ts'
import { pledgeView } from './pledge.ts'
import { pledgeRefusal } from './pledgeable.ts'

type Check = z.infer<typeof BankCheck>
type Line = Check['checks'][number]
interface Facts {
  readonly desk: BillDesk
  readonly me: PartyId
  readonly title: Title
  readonly bill: BillView
  /** Null for a bank that the bill was not offered to: it sees the standing, not the papers. */
  readonly document: BillDocument | null
  readonly chain: Awaited<ReturnType<typeof chainOf>>
  readonly boxes: readonly BoxSummary[]
  readonly terms: z.infer<typeof PledgeTerms> | null
  readonly issuedAt: string | null
  readonly say: (zh: string, en: string) => string
}
/** true good, false bad, null not known. */
type Answer = readonly [ok: boolean | null, evidence: string]

/** The bank's checklist, as far as the platform can answer it: each line with its evidence, source and time. What is not known is said to be unknown. */
export async function bankCheck(desk: BillDesk, { caller, opened, language }: { caller: Caller; opened: OpenedBill; language: Language }): Promise<Check> {
  const { ports } = desk
  const { record, thing } = opened
  const { title } = record
  const me = ownCompany(caller).partyId
  const seesPapers = may(caller, 'read-bill-document', thing)
  const isPledgeParty = may(caller, 'read-pledge-terms', thing)
  const [bill, chain, boxes, pledge, text] = await Promise.all([
    billView(desk, caller, opened), chainOf(desk, record), boxesFor(desk, caller, opened), isPledgeParty ? pledgeView(desk, title) : null, seesPapers && !record.erased ? documentText(desk, title.docHash, sha256Of) : null,
  ])
  const shown = record.containers.map((number) => boxes.get(number) ?? unseen(number))
  const facts: Facts = {
    desk, me, title, bill, chain, boxes: shown, document: text === null ? null : (JSON.parse(text) as BillDocument), terms: pledge?.terms ?? null, issuedAt: record.issuedAt, say: (zh, en) => (language === 'en' ? en : zh),
  }
  const at = ports.clock().toISOString()
  const checks = await Promise.all(Object.entries(checklist).map(async ([code, { source, run }]): Promise<Line> => {
    const [ok, evidence] = await run(facts)
    return { code, ok, evidence, source: source(facts), at: code === 'position' ? (lastEventOf(shown) ?? at) : at }
  }))
  const refusal = await pledgeRefusal(desk, { title, bank: me })
  const failed = checks.filter(({ ok }) => ok === false).map(({ code }) => code)
  const verdict = verdictOf(title, me, refusal === null && !failed.some((code) => hardChecks.includes(code)))
  return { bill, verdict, reasons: verdict === 'can-be-pledged' ? failed : [...(refusal === null ? [] : [refusal]), ...failed], checks, pledge, boxes: shown }
}

/** A bank may live with an odd figure; with these it has no security at all. */
const hardChecks = ['live', 'hash', 'issuer', 'chain', 'type', 'control', 'holds', 'double', 'default']

function verdictOf(title: Title, me: PartyId, pledgeable: boolean): Check['verdict'] {
  const pledge = pledgeInForce(title)
  if (pledge) return pledge.pledgee === me ? 'pledged-to-you' : 'pledged-to-another'
  if (title.encumbrance.name === 'PROPOSED' && title.encumbrance.pledgee === me) return 'offered-to-you'
  return pledgeable ? 'can-be-pledged' : 'cannot-be-pledged'
}

const ledger = ({ desk }: Facts): string => `${desk.ports.ledger.kind} ledger ${desk.ports.ledger.network}`
const paper = (): string => 'bill document'
const tracking = (): string => 'tracking events'

/** Domain 4.2, in its order. The numbers left out (11, 14, 16–18, 20) need a search, a price or an office outside this platform, except where a line says so. */
const checklist: Readonly<Record<string, { readonly source: (facts: Facts) => string; readonly run: (facts: Facts) => Answer | Promise<Answer> }>> = {
  live: { source: ledger, run: ({ title, say }) => [title.state.name === 'ISSUED', isLive(title) ? `${title.state.name}, ${say('第', 'entry ')}${title.seq}${say(' 条', '')}` : title.state.name] },
  hash: { source: ledger, run: hashAnswer },
  issuer: { source: () => 'issuer certificate', run: issuerAnswer },
  control: { source: ledger, run: controlAnswer },
  chain: { source: ledger, run: chainAnswer },
  type: { source: ledger, run: ({ title, say }) => [title.negotiable && title.kind !== 'straight', `${title.kind}${title.negotiable ? '' : say('，不可转让', ', not negotiable')}`] },
  clean: { source: paper, run: withPapers(({ say }, { remarks }) => [remarks.length === 0, remarks.length === 0 ? say('清洁，无批注', 'clean: no remarks') : remarks.join('; ')]) },
  route: { source: paper, run: withPapers(({ issuedAt, say }, { placeOfReceipt, placeOfDelivery, legs }) => [issuedAt !== null, `${placeOfReceipt.name} → ${placeOfDelivery.name}, ${legs.map(({ mode }) => mode).join(' + ')}, ${say('签发', 'issued')} ${issuedAt ?? '—'}`]) },
  quantities: { source: paper, run: withPapers(quantityAnswer) },
  containers: { source: tracking, run: withPapers(containerAnswer) },
  position: { source: tracking, run: positionAnswer },
  double: { source: ledger, run: doubleAnswer },
  'prior-filing': { source: () => '动产融资统一登记公示系统', run: ({ say }) => [null, say('平台不查询中登网，请自行查询并留存结果', 'not searched by this platform: search the registry and keep the result')] },
  holds: { source: ledger, run: ({ title, say }) => [title.holds.length === 0, title.holds.length === 0 ? say('账本上无冻结；失信与制裁名单未查', 'no hold on the ledger; court and sanction lists were not searched') : title.holds.map(({ kind }) => kind).join(', ')] },
  incidents: { source: ledger, run: ({ title, say }) => [title.incidents.every(({ settledAt }) => settledAt !== null), incidentWords(title, say)] },
  stopped: { source: ledger, run: ({ title, say }) => [title.stop === null, title.stop === null ? say('未要求停止交付', 'nobody has stopped delivery') : say(`持有人已于 ${title.stop.since} 要求停止交付`, `the holder stopped delivery on ${title.stop.since}`)] },
  default: { source: ledger, run: ({ title, say }) => defaultAnswer(title, say) },
  insurance: { source: paper, run: withPapers(insuranceAnswer) },
  'due-date': { source: () => 'pledge terms', run: dueAnswer },
  'legal-basis': { source: paper, run: withPapers(({ say }, document) => hasSeaLeg(document)
    ? [true, say('含海运段：海商法第四章（电子运输记录、多式联运合同）', 'a sea leg: Maritime Code ch. IV (electronic records, multimodal contract)')]
    : [document.clauses.some((clause) => clause.includes('227')) ? true : null, say('纯陆运：依合同与民法典 227 条指示交付，须通知承运人', 'land only: rests on the contract and on assignment of the claim with notice (Civil Code 227)')]) },
}

/** A line that needs the papers is unknown to a bank that has not been offered the bill. */
function withPapers(run: (facts: Facts, document: BillDocument) => Answer | Promise<Answer>): (facts: Facts) => Answer | Promise<Answer> {
  return (facts) => (facts.document === null ? [null, facts.say('提单尚未提供给贵行，单证内容不可见', 'the bill was not offered to you: its papers are not shown')] : run(facts, facts.document))
}

async function hashAnswer({ desk, title, say }: Facts): Promise<Answer> {
  const kept = title.visualisationHash === null ? null : await desk.store.visualisations.findOne({ _id: title.visualisationHash })
  if (kept === null) return [null, say('签发文件不在本平台', 'the file made at issue is not kept here')]
  const same = kept.docHash === title.docHash && sha256Of(new Uint8Array(kept.bytes.buffer)) === title.visualisationHash
  return [same, same ? `SHA-256 ${title.docHash.slice(0, 16)}…, PDF ${title.visualisationHash?.slice(0, 16) ?? ''}…` : say('PDF 与账本哈希不符', 'the PDF does not fit the hash on the ledger')]
}

async function issuerAnswer({ desk, title, say }: Facts): Promise<Answer> {
  const kept = title.visualisationHash === null ? null : await desk.store.visualisations.findOne({ _id: title.visualisationHash }, { projection: { bytes: 0 } })
  if (kept === null) return [null, say('签章不在本平台', 'the seal is not kept here')]
  const check = checkSeal(kept.seal, desk.ports.seals.rootCertificatePem)
  return check.ok ? [check.payload.docHash === title.docHash, `${check.company}, ${check.fingerprint.slice(0, 16)}…`] : [false, check.code]
}

/** What happened to boxes that should not have, on this bill and on those it replaced. */
function incidentWords({ incidents }: Title, say: Facts['say']): string {
  const words: Readonly<Record<(typeof incidents)[number]['kind'], string>> = { LOST: say('灭失', 'lost'), DAMAGED: say('毁损', 'damaged'), DELIVERED_WITHOUT_BILL: say('无单放货', 'delivered without the bill') }
  if (incidents.length === 0) return say('无灭失、毁损或无单放货记录', 'no loss, damage or delivery without the bill')
  return incidents.map(({ kind, container, at, settledAt }) => `${container} ${words[kind]} ${at.slice(0, 10)}${settledAt === null ? '' : say('（已了结）', ' (settled)')}`).join('; ')
}

/** A bill out of a default or a sale comes with its past: the next bank must see it while it lasts. */
function defaultAnswer({ encumbrance }: Title, say: Facts['say']): Answer {
  if (encumbrance.name === 'DEFAULTED') return [false, say(`已宣告违约，宽限期至 ${encumbrance.default.curesAt}`, `default declared, time to pay until ${encumbrance.default.curesAt}`)]
  if (encumbrance.name === 'ENFORCING') return [false, say('质权人正在处置', 'the pledgee is enforcing')]
  return [true, say('无违约宣告', 'no default declared')]
}

/** Whether the bank alone would control it: one possessor, who also has title, and nothing open towards others. */
function controlAnswer({ title, me, bill, say }: Facts): Answer {
  const holder = title.possessor !== null && (title.titleholder === 'BLANK' || title.titleholder === title.possessor)
  const mine = title.possessor === me
  const name = bill.standing.possessor?.name ?? bill.standing.possessor?.partyId ?? '—'
  if (mine) return [true, say('贵行为唯一控制人', 'you are the one in control')]
  if (title.offer !== null && title.offer.to !== me) return [false, say(`有未决的转让要约，占有人 ${name}`, `an offer of possession is open; possessor ${name}`)]
  return [holder, holder ? say(`${name} 持有权利并占有，质押后由贵行控制`, `${name} has title and possession; control passes to you on acceptance`) : say('权利与占有不在一人手中', 'title and possession are in different hands')]
}

/** T-8: every link signed by a key of its party, and each endorser the endorsee before. */
function chainAnswer({ chain, title, say }: Facts): Answer {
  const unsigned = chain.find(({ signers }) => signers.length === 0 || signers.some(({ signatureValid }) => !signatureValid))
  if (unsigned) return [false, say(`第 ${unsigned.seq} 条签名不符`, `entry ${unsigned.seq}: a signature does not fit`)]
  const gap = chain.find(({ seq }, index) => seq !== index + 1)
  const whole = gap === undefined && chain.at(-1)?.hash === title.headHash
  return [whole, whole ? say(`${chain.length} 条记录，签名逐一复核`, `${chain.length} entries, every signature checked again`) : say('记录不连续', 'the chain has a gap')]
}

function quantityAnswer({ say }: Facts, document: BillDocument): Answer {
  const { packages, grossWeightKg, teu } = totalsOf(document.containers)
  const codes = [...new Set(document.containers.flatMap(({ cargo }) => cargo.map(({ hsCode }) => hsCode)))]
  const value = document.declaredValue === null ? say('未声明价值', 'no declared value') : `${document.declaredValue.currency} ${document.declaredValue.amount}`
  return [document.declaredValue === null ? null : true, `${packages} ${say('件', 'packages')}, ${grossWeightKg} kg, ${teu} TEU, HS ${codes.join(' ')}, ${value}; ${say('未与发票、报关单核对', 'not compared with invoice or declaration')}`]
}

async function containerAnswer({ desk, title, say }: Facts, document: BillDocument): Promise<Answer> {
  const wrong = document.containers.filter(({ number }) => !checkContainerNumber(number).ok)
  if (wrong.length > 0) return [false, wrong.map(({ number }) => number).join(', ')]
  // An amended bill was issued on the receipt of the one it replaces.
  if (title.predecessors.length > 0) return [null, say('改单签发，收货证据见原提单', 'an amended bill: the evidence of receipt is with the bill it replaces')]
  const findings = gateFindings(document, await issuedGateIns(desk.store, title))
  const heavy = document.containers.filter(({ verifiedGrossMassKg: vgm, tareKg, cargo }) => vgm !== undefined && Math.abs(vgm - tareKg - cargo.reduce((sum, { grossWeightKg }) => sum + grossWeightKg, 0)) > vgm * 0.05)
  const bad = findings.length + heavy.length
  return [bad === 0, bad === 0 ? say(`${document.containers.length} 箱均有进闸记录，封志相符，VGM 合理`, `${document.containers.length} boxes gated in, seals fit, VGM plausible`) : say(`${findings.length} 箱进闸或封志不符，${heavy.length} 箱 VGM 不合理`, `${findings.length} boxes without a fitting gate-in or seal, ${heavy.length} with an odd VGM`)]
}

function positionAnswer({ boxes, say }: Facts): Answer {
  const last = lastEventOf(boxes)
  if (last === null) return [null, boxes.every(({ movement }) => movement === 'UNKNOWN') ? say('提单尚未提供给贵行，位置不可见', 'the bill was not offered to you: positions are not shown') : say('尚无事件', 'no event yet')]
  const stale = boxes.filter((box) => box.stale || box.lastEventAt === null)
  return [stale.length === 0, stale.length === 0 ? say(`最近 ${last}`, `last ${last}`) : say(`${stale.length} 箱信息陈旧，最近 ${last}`, `${stale.length} boxes not seen lately, last ${last}`)]
}

async function doubleAnswer({ desk, title, say }: Facts): Promise<Answer> {
  const containers = Object.keys(title.cargo)
  const others = await desk.store.bills.find({ containers: { $in: containers as never[] }, live: true, _id: { $ne: title.billId } }, { projection: { billNumber: 1 } }).toArray()
  return [others.length === 0, others.length === 0 ? say('账本上没有同箱的其他有效提单', 'no other live bill for these boxes on this ledger') : say(`另有 ${others.length} 张有效提单`, `${others.length} other live bills`)]
}

function insuranceAnswer({ say }: Facts, { insurance, declaredValue }: BillDocument): Answer {
  if (insurance === null) return [null, say('提单上没有保险', 'no insurance on the bill')]
  const cover = `${insurance.insurer} ${insurance.policyNumber}, ${insurance.coverage}, ${insurance.insured.currency} ${insurance.insured.amount}`
  if (declaredValue?.currency !== insurance.insured.currency) return [null, cover]
  const enough = toMinor(insurance.insured.amount) * 100n >= toMinor(declaredValue.amount) * 110n
  return [enough, `${cover}${enough ? ' ≥ 110 %' : ' < 110 %'}; ${say('受益人与保险期间请核对保单', 'check payee and period in the policy')}`]
}

/** 民法典 442: when the goods arrive before the debt is due, the pledgee may take delivery and by agreement prepay or deposit. */
function dueAnswer({ terms, document, say }: Facts): Answer {
  if (terms === null || document === null) return [null, say('质押条件尚不可见', 'no pledge terms to compare')]
  const arrival = document.legs.at(-1)?.plannedArrival
  if (arrival === undefined) return [null, '—']
  const before = new Date(arrival) <= new Date(`${terms.dueDate}T23:59:59+08:00`)
  return [before, `${say('预计到达', 'planned arrival')} ${arrival.slice(0, 10)}, ${say('债务到期', 'debt due')} ${terms.dueDate}${before ? `; ${say('货先到：民法典 442 条', 'goods first: Civil Code 442')}` : ''}`]
}

function lastEventOf(boxes: readonly BoxSummary[]): string | null {
  return boxes.flatMap(({ lastEventAt }) => lastEventAt ?? []).sort().at(-1) ?? null
}
