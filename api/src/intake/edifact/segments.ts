/** One segment of an interchange: `elements[1][0]` is the first component of the second data element. */
export interface Segment {
  readonly tag: string
  readonly elements: readonly (readonly string[])[]
  /** Line of the file on which it begins, and its number in the file, both from 1. */
  readonly row: number
  readonly segment: number
}

export interface Segments {
  readonly segments: readonly Segment[]
  /** Where text is left that no terminator ends; null when there is none. */
  readonly rest: { readonly row: number; readonly segment: number } | null
}

/** Marks of UN/EDIFACT syntax (ISO 9735), where UNA names no others. */
const usual = { component: ':', element: '+', release: '?', terminator: "'" }

/**
 * Cuts an interchange into segments (ISO 9735 syntax 1 to 4): marks as UNA names them, released marks as data, line ends between segments
 * skipped and within data dropped, since senders break lines where they like.
 */
export function readSegments(text: string): Segments {
  const { marks, from } = marksOf(text)
  const segments: Segment[] = []
  let elements: string[][] = [['']]
  let row = 1 + linesIn(text.slice(0, from))
  let begun: number | null = null
  for (let at = from; at < text.length; at += 1) {
    const mark = text.charAt(at)
    if (mark === '\n') row += 1
    if (mark === '\n' || mark === '\r') continue
    if (begun === null && (mark === ' ' || mark === '\t')) continue
    if (mark === marks.terminator) {
      // A terminator alone is nothing: some end every line with two.
      if (begun !== null) segments.push({ tag: (elements[0]?.[0] ?? '').trim(), elements: elements.slice(1), row: begun, segment: segments.length + 1 })
      elements = [['']]
      begun = null
      continue
    }
    begun ??= row
    if (mark === marks.element) elements.push([''])
    else if (mark === marks.component) elements.at(-1)?.push('')
    else add(elements, marks.release !== ' ' && mark === marks.release && at + 1 < text.length ? text.charAt((at += 1)) : mark)
  }
  return { segments, rest: begun === null ? null : { row: begun, segment: segments.length + 1 } }
}

/** Text of a component, trimmed; null where it is left out. */
export function component({ elements }: Segment, element: number, part = 1): string | null {
  return elements[element - 1]?.[part - 1]?.trim() || null
}

function marksOf(text: string): { readonly marks: typeof usual; readonly from: number } {
  const start = /^[\ufeff\s]*/.exec(text)?.[0].length ?? 0
  if (!text.startsWith('UNA', start)) return { marks: usual, from: start }
  const [component = ':', element = '+', , release = '?', , terminator = "'"] = text.slice(start + 3, start + 9)
  return { marks: { component, element, release, terminator }, from: start + 9 }
}

function add(elements: readonly string[][], character: string): void {
  const last = elements.at(-1)
  if (last) last.push((last.pop() ?? '') + character)
}

function linesIn(text: string): number {
  return text.split('\n').length - 1
}
