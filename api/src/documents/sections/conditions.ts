import { hasSeaLeg, type BillDocument, type Leg } from '@yidan/ledger'
import { heightOf, page, type Sheet } from '../sheet.ts'
import { modeWords, placeText } from '../wording.ts'
import { heading } from './annex.ts'
import { flowTable, type Column, type Flow } from './table.ts'

/** The last page: what the carrier promises, in short words of our own; regimes are named, not copied. */
export function drawConditions(sheet: Sheet, document: BillDocument, flow: Flow): void {
  const gap = 16
  const width = (page.right - page.left - gap) / 2
  flow.y += 8
  for (const [index, { zh, en }] of conditionsOf(document).entries()) {
    const left = sheet.set([{ text: `${index + 1}. ${zh}`, size: 8 }], width)
    const right = sheet.set([{ text: `${index + 1}. ${en}`, size: 8 }], width)
    const height = Math.max(heightOf(left), heightOf(right))
    if (flow.y + height > page.bottom) flow.y = flow.turn() + 8
    sheet.lines(left, page.left, flow.y)
    sheet.lines(right, page.left + width + gap, flow.y)
    flow.y += height + 7
  }
  heading(sheet, flow, ['各区段责任规则', 'Rules of liability, leg by leg'])
  flowTable(sheet, flow, ruleColumns, document.legs.map((leg, index) => {
    const [zh, en] = modeWords[leg.mode]
    return [String(index + 1), `${zh} ${en}`, `${placeText(leg.from)} – ${placeText(leg.to)}`, regimeOf(leg)]
  }))
}

const ruleColumns: readonly Column[] = [
  { label: ['序', 'No.'], width: 30, align: 'center' },
  { label: ['方式', 'Mode'], width: 52 },
  { label: ['起讫', 'From, to'], width: 203 },
  { label: ['损失发生于该区段时适用', 'Applies when the loss happened on the leg'], width: 250.28 },
]

/** Which body of rules governs loss on the leg, by mode and by the performing carrier's paper. */
export function regimeOf({ mode, carrierDocument, from, to }: Pick<Leg, 'mode' | 'carrierDocument' | 'from' | 'to'>): string {
  const inChina = (code: string | undefined): boolean => code?.startsWith('CN') ?? false
  if (mode === 'sea') {
    return inChina(from.code) || inChina(to.code)
      ? '海商法 第四章  PRC Maritime Code, ch. IV'
      : '强制适用之海牙/维斯比规则  Hague or Hague-Visby Rules as compulsorily applicable'
  }
  if (mode === 'rail') {
    if (carrierDocument.kind === 'SMGS') return '国际货协  SMGS'
    if (carrierDocument.kind === 'CIM-SMGS') return '国际货协，国际货约  SMGS, then COTIF/CIM'
    return '民法典运输合同，铁路法  PRC Civil Code (carriage), Railway Law'
  }
  if (carrierDocument.kind === 'CMR') return '国际公路货物运输合同公约  CMR'
  return inChina(from.code) || inChina(to.code) ? '民法典运输合同  PRC Civil Code (carriage)' : '当地强制公路运输法，跨境适用 CMR  Compulsory road law of the place; CMR across borders'
}

interface Condition { readonly zh: string; readonly en: string }

export function conditionsOf(document: BillDocument): Condition[] {
  const { negotiable, originals, charges } = document
  return [
    {
      zh: '承运人对全程运输负责，不论何人实际承运（民法典 838–842）。',
      en: 'The carrier answers for the whole journey, whoever performs a leg (PRC Civil Code 838–842).',
    },
    {
      zh: '损失区段可确定的，适用该区段的责任规则（见下表）；不能确定的，适用民法典 842，并参照 UNCTAD/ICC 规则（ICC 481）。',
      en: 'Where the leg of the loss is known, the rules of that leg apply (table below). Where it is not, Civil Code 842 applies, read with the UNCTAD/ICC Rules (ICC 481).',
    },
    negotiable
      ? { zh: '承运人仅凭缴回本提单交付货物；背书、质押、缴回均记载于账本，同一时刻只有一个持有人。', en: 'Goods are delivered only against surrender of this bill. Endorsement, pledge and surrender are entered on the ledger; there is one holder at a time.' }
      : { zh: '本单不可转让；货物交付给记名收货人，凭身份证明。', en: 'This bill cannot be transferred; goods are delivered to the named consignee upon proof of identity.' },
    ...basisOfTitle(document),
    originals === 0
      ? { zh: '本单为电子记录；打印件及文件均为副本，不代表权利，以账本记载为准。', en: 'This bill is an electronic record. Prints and files are copies and carry no right; the ledger says who holds title.' }
      : { zh: `已签发纸质正本 ${originals} 份；纸质有效期间，电子记录不得转让。`, en: `${originals} paper original${originals === 1 ? ' is' : 's are'} issued; while paper is outstanding the electronic record cannot be transferred.` },
    {
      zh: '各区段运输单证不可转让，收货人为承运人、其代理或场站，不代表货物权利。',
      en: 'The papers of the performing carriers are non-negotiable, consigned to the carrier, its agent or a terminal, and carry no title.',
    },
    {
      zh: '货名、件数、重量、危险性由托运人申报并负责；箱由托运人装载的，内容为据称。',
      en: 'Description, quantity, weight and hazard are stated by the shipper, who answers for them; contents of boxes stuffed by the shipper are said to contain.',
    },
    {
      zh: '责任限额依适用规则；声明价值并记载于本单的，以声明价值为限。',
      en: 'Limits of liability follow the rules that apply; a value declared on this bill takes their place.',
    },
    charges.terms === 'collect'
      ? { zh: '全程一次收费，到付；运费付清前承运人可留置货物。', en: 'One charge for the whole journey, collect; the carrier may keep the goods until it is paid.' }
      : { zh: '全程一次收费，运费预付。', en: 'One charge for the whole journey, prepaid.' },
    {
      zh: '货损应于交付时通知；不明显的，于适用规则的期限内书面通知。',
      en: 'Notice of loss or damage is given on delivery or, where it is not apparent, in writing within the time of the rules that apply.',
    },
  ]
}

/** 海商法 carries a bill with a sea leg; without one, title rests on the contract and on assignment of the claim for the goods. */
function basisOfTitle(document: BillDocument): Condition[] {
  if (hasSeaLeg(document)) return [{ zh: '本提单含海运区段，适用海商法关于提单与多式联运合同的规定。', en: 'A leg is by sea: the Maritime Code on bills of lading and multimodal contracts applies.' }]
  return [{
    zh: '本提单无海运区段：依约定，每次转让权利同时转让对实际占有人的返还请求权（民法典 227），并通知占有人；承运人对此认可。',
    en: 'No leg is by sea: by agreement each transfer of this bill also assigns the claim for the goods against whoever holds them (Civil Code 227), with notice to that holder; the carrier acknowledges it.',
  }]
}
