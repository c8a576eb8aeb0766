import type { CompanyView, ReplacementRequest } from '@yidan/api/contract'
import { BillNumber, type ContainerNumber, type Hash } from '@yidan/ledger'

export const replacementActs = ['split', 'combine', 'switchBill', 'toPaper', 'fromPaper'] as const
export type ReplacementAct = (typeof replacementActs)[number]

export function isReplacement(action: string): action is ReplacementAct {
  return (replacementActs as readonly string[]).includes(action)
}

/** What the carrier says about the bills that will take this one's place. */
export interface ReplacementInput {
  parts: number
  /** On which part each box goes, from 1. */
  partOf: Record<string, number>
  others: string
  shipper: string
  shipperAddress: string
  placeOfIssue: string
  originals: number
  serials: string
  holder: CompanyView | null
  /** Null: the paper was endorsed in blank. */
  titleholder: CompanyView | null
  inBlank: boolean
  endorsable: boolean
  statement: string
  photographs: readonly Hash[]
}

export function emptyReplacement(boxes: readonly string[]): ReplacementInput {
  return {
    parts: 2, partOf: Object.fromEntries(boxes.map((box, index) => [box, index === 0 ? 1 : 2])), others: '', shipper: '', shipperAddress: '', placeOfIssue: '', originals: 3, serials: '', holder: null, titleholder: null, inBlank: false, endorsable: false,
    statement: '', photographs: [],
  }
}

/** The request, or null while something is missing. */
export function replacementOf(act: ReplacementAct, input: ReplacementInput, boxes: readonly string[]): ReplacementRequest | null {
  switch (act) {
    case 'split': {
      const parts = Array.from({ length: input.parts }, (_, index) => boxes.filter((box) => input.partOf[box] === index + 1) as ContainerNumber[])
      return parts.length >= 2 && parts.every((part) => part.length > 0) && parts.flat().length === boxes.length ? { act, parts } : null
    }
    case 'combine': {
      const others = linesOf(input.others).map((line) => BillNumber.safeParse(line.toUpperCase()))
      return others.length > 0 && others.every(({ success }) => success) ? { act, others: others.flatMap(({ data }) => data ?? []) } : null
    }
    case 'switchBill': {
      const [name, address, placeOfIssue] = [input.shipper, input.shipperAddress, input.placeOfIssue].map((text) => text.trim())
      if (!name && !placeOfIssue) return null
      return { act, shown: { ...(name ? { shipper: { name, ...(address ? { address } : {}) } } : {}), ...(placeOfIssue ? { placeOfIssue } : {}) } }
    }
    case 'toPaper':
      return [1, 2, 3].includes(input.originals) ? { act, originals: input.originals } : null
    case 'fromPaper': {
      const { holder, titleholder, inBlank, endorsable, photographs } = input, serials = linesOf(input.serials).map((line) => line.toUpperCase()), statement = input.statement.trim()
      if (serials.length === 0 || !holder || (!titleholder && !inBlank) || statement === '' || photographs.length === 0) return null
      return { act, serials, holder: holder.partyId, titleholder: inBlank || !titleholder ? 'BLANK' : titleholder.partyId, endorsable, statement, photographs: [...photographs] }
    }
  }
}

function linesOf(text: string): string[] {
  return text.split(/[\s,;，；]+/).filter((line) => line !== '')
}
