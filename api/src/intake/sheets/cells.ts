import { checkContainerNumber, ContainerNumber } from '@yidan/ledger'
import { codeOfName } from '../../bills/tables/places.ts'
import { fault, warning, type IntakeFinding } from '../findings.ts'
import { readTime } from '../when.ts'
import { bothNames, type Column, type Row } from './columns.ts'

/** Reads the cells of one row; what is wrong with them is noted, all of it. */
export interface RowReader {
  readonly findings: readonly IntakeFinding[]
  text(column: Column): string | null
  /** Told as a fault when it is empty. */
  needed(column: Column): string | null
  container(): ContainerNumber | null
  /** UTC with milliseconds. */
  time(timeZone: string): string | null
  empty(): boolean | null
  place(name: Column, code: Column): PlaceTold | null
  note(finding: IntakeFinding): void
}
export interface PlaceTold {
  readonly locationName?: string
  readonly UNLocationCode?: string
}

export function readRow({ row, cells }: Row): RowReader {
  const findings: IntakeFinding[] = []
  const where = { row }
  const text = (column: Column): string | null => cells.get(column) ?? null
  const refuse = (column: Column, code: Parameters<typeof fault>[1], detail: Record<string, string | number> = {}): null => {
    findings.push(fault(where, code, { column: bothNames(column), value: text(column) ?? '', detail: { what: text(column) ?? '', ...detail } }))
    return null
  }
  const needed = (column: Column): string | null => text(column) ?? refuse(column, 'cell-missing', { what: bothNames(column) })
  return {
    findings, text, needed,
    note: (finding) => void findings.push(finding),
    container() {
      const number = needed('container')?.replaceAll(/[\s./-]/g, '').toUpperCase()
      if (number === undefined) return null
      const check = checkContainerNumber(number)
      if (check.ok) return ContainerNumber.parse(number)
      return check.fault === 'shape' ? refuse('container', 'container-shape') : refuse('container', 'container-check-digit', { expected: check.expected })
    },
    time(timeZone) {
      const told = needed('at')
      if (told === null) return null
      const read = readTime(told, timeZone)
      return 'at' in read ? read.at : refuse('at', read.fault)
    },
    empty() {
      const told = text('empty')
      if (told === null) return false
      if (/^(空|空箱|e|empty|mt|4)$/i.test(told)) return true
      return /^(重|重箱|f|l|full|laden|5)$/i.test(told) ? false : refuse('empty', 'empty-unknown')
    },
    place(name, code) {
      const locationName = text(name), given = text(code)?.toUpperCase()
      // Some write the code where others write the name.
      const coded = given ?? (locationName !== null && /^[A-Z]{2}[A-Z2-9]{3}$/.test(locationName) ? locationName : undefined)
      if (coded !== undefined && !/^[A-Z]{2}[A-Z2-9]{3}$/.test(coded)) return refuse(code, 'place-code-shape')
      const UNLocationCode = coded ?? (locationName === null ? null : codeOfName(locationName))
      if (locationName !== null && UNLocationCode === null) findings.push(warning(where, 'place-not-known', { column: bothNames(name), value: locationName, detail: { what: locationName } }))
      return { ...(locationName === null || locationName === coded ? {} : { locationName }), ...(UNLocationCode === null ? {} : { UNLocationCode }) }
    },
  }
}

/** Date cells of a workbook show a clock without a zone; they come as text that ends like UTC. */
export function asShown(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$/, '$1')
}
