import type { DraftContainer } from '@yidan/api/contract'
import { checkContainerNumber } from '@yidan/ledger'
import { fault, warning, type Finding } from '../findings.ts'
import { classFits, dangerousGoods } from '../tables/dangerous-goods.ts'
import { isReefer, sizeTypes } from '../tables/size-types.ts'
import { plainNumber, typed } from './typed.ts'

export interface Surroundings {
  readonly seaLeg: boolean
  readonly towardsEu: boolean
  readonly liveBillByContainer: ReadonlyMap<string, string>
}

/** One box, all that is wrong with it. Also run on every row of an imported list. */
export function containerFindings(container: DraftContainer, pointer: string, { seaLeg, towardsEu, liveBillByContainer }: Surroundings): Finding[] {
  return [
    ...numberFindings(container.number, `${pointer}/number`, liveBillByContainer),
    ...sizeTypeFindings(container.sizeType, `${pointer}/sizeType`),
    ...sealFindings(container.sealNumber, `${pointer}/sealNumber`),
    ...goodsFindings(container, pointer, towardsEu),
    ...massFindings(container, pointer, seaLeg),
    ...reeferFindings(container, pointer),
    ...dangerousFindings(container, pointer),
  ]
}

/** Boxes and seals that stand twice. The second one is told, with where the first is. */
export function repeatedFindings(containers: readonly DraftContainer[], whereOf = (index: number): string => containers[index]?.number ?? '@another', pointerOf = (index: number): string => `/containers/${index}`): Finding[] {
  const numbers = new Map<string, number>(), seals = new Map<string, number>()
  return containers.flatMap(({ number, sealNumber }, index) => {
    const box = plainNumber(number), seal = plainNumber(sealNumber)
    const findings: Finding[] = []
    const sameBox = box === undefined ? undefined : numbers.get(box)
    if (sameBox !== undefined) findings.push(fault(`${pointerOf(index)}/number`, 'duplicate-container', { value: number, detail: { where: whereOf(sameBox) } }))
    const sameSeal = seal === undefined ? undefined : seals.get(seal)
    if (sameSeal !== undefined && sameBox === undefined) findings.push(fault(`${pointerOf(index)}/sealNumber`, 'duplicate-seal', { value: sealNumber, detail: { where: whereOf(sameSeal) } }))
    if (box !== undefined && sameBox === undefined) numbers.set(box, index)
    if (seal !== undefined && sameSeal === undefined) seals.set(seal, index)
    return findings
  })
}

function numberFindings(given: string | undefined, pointer: string, liveBillByContainer: ReadonlyMap<string, string>): Finding[] {
  const number = typed(given)
  if (number === undefined) return [fault(pointer, 'required', { detail: { what: '@number' } })]
  const check = checkContainerNumber(number)
  if (check.ok) {
    const billNumber = liveBillByContainer.get(number)
    return [
      ...(check.remainderTen ? [warning(pointer, 'remainder-ten', { value: number })] : []),
      ...(billNumber === undefined ? [] : [fault(pointer, 'container-on-live-bill', { value: number, detail: { billNumber } })]),
    ]
  }
  if (check.fault === 'check-digit') return [fault(pointer, 'check-digit', { value: number, detail: { expected: check.expected, whole: number.slice(0, 10) + check.expected } })]
  const meant = withoutLetters(number)
  return meant === null ? [fault(pointer, 'container-number-shape', { value: number })] : [fault(pointer, 'container-number-letter', { value: number, detail: { expected: meant } })]
}

/** Letters that are mistaken for digits, tried as the digits: the number that was meant, if it then fits. */
function withoutLetters(number: string): string | null {
  const plain = plainNumber(number) ?? ''
  const lookalike: Readonly<Record<string, string>> = { O: '0', Q: '0', D: '0', I: '1', L: '1', Z: '2', S: '5', G: '6', B: '8' }
  const meant = plain.slice(0, 4) + plain.slice(4).replaceAll(/[A-Z]/g, (letter) => lookalike[letter] ?? letter)
  return meant !== number && checkContainerNumber(meant).ok ? meant : null
}

function sizeTypeFindings(given: string | undefined, pointer: string): Finding[] {
  const sizeType = typed(given)
  if (sizeType === undefined) return [fault(pointer, 'required', { detail: { what: '@sizeType' } })]
  if (sizeTypes.types[sizeType] !== undefined) return []
  const expected = sizeTypes.spokenFor[sizeType.toUpperCase()] ?? (sizeTypes.types[sizeType.toUpperCase()] === undefined ? undefined : sizeType.toUpperCase())
  return [expected === undefined ? fault(pointer, 'size-type-unknown', { value: sizeType }) : fault(pointer, 'size-type-spoken', { value: sizeType, detail: { expected } })]
}

function sealFindings(given: string | undefined, pointer: string): Finding[] {
  const seal = typed(given)
  if (seal === undefined) return [fault(pointer, 'seal-missing')]
  return /^[0-9A-Za-z][0-9A-Za-z-]{1,13}[0-9A-Za-z]$/.test(seal) ? [] : [fault(pointer, 'seal-shape', { value: seal })]
}

/** Descriptions that EU entry filing turns back; the Commission's list of unacceptable terms, in both languages. */
const vague = ['freight', 'general cargo', 'cargo', 'goods', 'parts', 'spare parts', 'consolidated', 'consolidated cargo', 'chemicals', 'electronics', 'machinery', 'equipment', 'daily necessities', 'various goods', 'said to contain', '货物', '配件', '散件', '杂货', '日用品', '机械', '设备', '百货']

function goodsFindings({ goods, hsCode, packages, packageKind, volumeM3 }: DraftContainer, pointer: string, towardsEu: boolean): Finding[] {
  const findings: Finding[] = []
  const description = typed(goods), hs = typed(hsCode)
  if (description === undefined) findings.push(fault(`${pointer}/goods`, 'required', { detail: { what: '@goods' } }))
  else if (towardsEu && vague.includes(description.toLowerCase())) findings.push(warning(`${pointer}/goods`, 'goods-vague', { value: description }))
  if (hs === undefined) findings.push(fault(`${pointer}/hsCode`, 'required', { detail: { what: '@hsCode' } }))
  else if (!/^\d{4}(\d{2}){0,4}$/.test(hs)) findings.push(fault(`${pointer}/hsCode`, 'hs-shape', { value: hs }))
  else if (towardsEu && hs.length < 6) findings.push(fault(`${pointer}/hsCode`, 'hs-too-short-for-eu', { value: hs }))
  if (packages === undefined) findings.push(fault(`${pointer}/packages`, 'required', { detail: { what: '@packages' } }))
  else if (!within(packages, 1, 999_999)) findings.push(fault(`${pointer}/packages`, 'packages-range', { value: packages }))
  if (typed(packageKind) === undefined) findings.push(warning(`${pointer}/packageKind`, 'package-kind-missing'))
  if (volumeM3 !== undefined && !(volumeM3 > 0 && volumeM3 < 10_000 && volumeText(volumeM3) !== null)) findings.push(fault(`${pointer}/volumeM3`, 'volume-range', { value: volumeM3 }))
  return findings
}

/** A volume with up to three decimals as decimal text; null when it has more. */
export function volumeText(volumeM3: number): string | null {
  const text = volumeM3.toFixed(3).replace(/\.?0+$/, '')
  return Math.abs(Number(text) - volumeM3) < 1e-9 ? text : null
}

/**
 * Gross, tare, verified gross mass and what the box may carry. A VGM off by up to 100 kg or 5 % of the sum, whichever is more, is a
 * matter of scales (SOLAS VI/2 leaves the tolerance to the flag; 5 % is usual); beyond that one of the figures is wrong.
 */
function massFindings({ sizeType, grossWeightKg: gross, tareKg: tare, verifiedGrossMassKg: vgm }: DraftContainer, pointer: string, seaLeg: boolean): Finding[] {
  const findings: Finding[] = []
  const maxGross = sizeTypes.types[typed(sizeType) ?? '']
  const goodGross = gross !== undefined && within(gross, 1, 99_999)
  const goodTare = tare !== undefined && within(tare, 500, 9_999)
  const goodVgm = vgm !== undefined && within(vgm, 500, 99_999)
  if (gross === undefined) findings.push(fault(`${pointer}/grossWeightKg`, 'required', { detail: { what: '@grossWeightKg' } }))
  else if (!goodGross) findings.push(fault(`${pointer}/grossWeightKg`, 'gross-weight-range', { value: gross }))
  if (tare === undefined) findings.push(fault(`${pointer}/tareKg`, 'required', { detail: { what: '@tareKg' } }))
  else if (!goodTare) findings.push(fault(`${pointer}/tareKg`, 'tare-range', { value: tare }))
  if (vgm === undefined) {
    if (seaLeg) findings.push(fault(`${pointer}/verifiedGrossMassKg`, 'vgm-missing'))
  } else if (!goodVgm) findings.push(fault(`${pointer}/verifiedGrossMassKg`, 'vgm-range', { value: vgm }))
  const overloaded = maxGross !== undefined && goodGross && gross > maxGross - (goodTare ? tare : 0)
  if (overloaded) findings.push(fault(`${pointer}/grossWeightKg`, 'over-payload', { value: gross, detail: { gross, limit: maxGross - (goodTare ? tare : 0) } }))
  else if (maxGross !== undefined && goodVgm && vgm > maxGross) findings.push(fault(`${pointer}/verifiedGrossMassKg`, 'over-max-gross', { value: vgm, detail: { vgm, limit: maxGross } }))
  if (goodGross && goodTare && goodVgm) {
    const sum = gross + tare, difference = Math.abs(vgm - sum)
    if (difference > Math.max(100, sum * 0.05)) findings.push(fault(`${pointer}/verifiedGrossMassKg`, 'vgm-mismatch', { value: vgm, detail: { vgm, sum, difference } }))
    else if (difference > 0) findings.push(warning(`${pointer}/verifiedGrossMassKg`, 'vgm-off', { value: vgm, detail: { vgm, sum } }))
  }
  return findings
}

function reeferFindings({ sizeType, reeferSetPoint }: DraftContainer, pointer: string): Finding[] {
  const setPoint = typed(reeferSetPoint)
  if (setPoint !== undefined && !/^-?\d{1,2}(\.\d)?$/.test(setPoint)) return [fault(`${pointer}/reeferSetPoint`, 'set-point-shape', { value: setPoint })]
  return setPoint === undefined && isReefer(typed(sizeType) ?? '') ? [warning(`${pointer}/reeferSetPoint`, 'set-point-missing')] : []
}

function dangerousFindings({ dangerousGoods: items = [], hsCode }: DraftContainer, pointer: string): Finding[] {
  if (items.length === 0) {
    const hs = typed(hsCode) ?? ''
    return dangerousGoods.likelyHs.some((heading) => hs.startsWith(heading)) ? [warning(`${pointer}/dangerousGoods`, 'dg-likely', { value: hs })] : []
  }
  return items.flatMap((item, index) => {
    const at = `${pointer}/dangerousGoods/${index}`
    const un = typed(item.unNumber), imoClass = typed(item.imoClass), group = typed(item.packingGroup)
    const goodUn = un !== undefined && /^\d{4}$/.test(un), goodClass = imoClass !== undefined && /^[1-9](\.\d)?[A-S]?$/.test(imoClass)
    const findings: Finding[] = []
    if (un === undefined) findings.push(fault(`${at}/unNumber`, 'required', { detail: { what: '@unNumber' } }))
    else if (!goodUn) findings.push(fault(`${at}/unNumber`, 'un-number-shape', { value: un }))
    if (imoClass === undefined) findings.push(fault(`${at}/imoClass`, 'required', { detail: { what: '@imoClass' } }))
    else if (!goodClass) findings.push(fault(`${at}/imoClass`, 'dg-class-shape', { value: imoClass }))
    if (goodUn && goodClass) {
      const fits = classFits(un, imoClass)
      if (fits === null) findings.push(warning(`${at}/unNumber`, 'un-number-unknown', { value: un }))
      else if (!fits) findings.push(fault(`${at}/imoClass`, 'dg-class-mismatch', { value: imoClass, detail: { un, expected: dangerousGoods.classByUnNumber[un] ?? '' } }))
    }
    if (typed(item.properShippingName) === undefined) findings.push(fault(`${at}/properShippingName`, 'required', { detail: { what: '@properShippingName' } }))
    if (group !== undefined && !['I', 'II', 'III'].includes(group)) findings.push(fault(`${at}/packingGroup`, 'packing-group-shape', { value: group }))
    return findings
  })
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
