import type { ChainLink } from '@yidan/api/contract'

export interface Told {
  /** The last of those told together. */
  readonly link: ChainLink
  readonly links: readonly ChainLink[]
  readonly boxes: readonly string[]
}

/** Boxes handed out one after another by the same party are one line of the chain, under the last of them. */
export function toldTogether(links: readonly ChainLink[]): readonly Told[] {
  const told: { link: ChainLink; links: ChainLink[]; boxes: string[] }[] = []
  for (const link of links) {
    const boxes = link.events.flatMap((event) => (event.type === 'container-delivered' && typeof event.container === 'string' ? [event.container] : []))
    const last = told.at(-1)
    if (boxes.length > 0 && last && last.boxes.length > 0 && last.link.party.partyId === link.party.partyId && last.link.signers.every(({ signatureValid }) => signatureValid) && link.signers.every(({ signatureValid }) => signatureValid)) {
      last.link = link
      last.links.push(link)
      last.boxes.push(...boxes)
    } else told.push({ link, links: [link], boxes })
  }
  return told
}
