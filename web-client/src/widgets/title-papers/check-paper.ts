import type { ChainLink, TitlePaperView } from '@yidan/api/contract'
import { canonicalJson } from '@yidan/ledger'
import { sha256Hex } from '@yidan/ledger/signing'

/** `signed`: it is the text whose hash an act on the ledger names. `kept`: its hash fits, and no act names it yet. `wrong`: not to be relied on. */
export type PaperVerdict = 'signed' | 'kept' | 'wrong'

/** Checked by the reader's own machine: what is shown is the text, the text has the hash, and the act that is said to rest on it names that hash. */
export async function checkPaper({ hash, text, paper, usedIn }: TitlePaperView, links: readonly ChainLink[]): Promise<PaperVerdict> {
  if ((await sha256Hex(text)) !== hash || !says(text, paper)) return 'wrong'
  if (usedIn === null) return 'kept'
  const act = links.find(({ seq }) => seq === usedIn)
  return act !== undefined && Object.values(act.signed.command.args).includes(hash) ? 'signed' : 'wrong'
}

function says(text: string, paper: TitlePaperView['paper']): boolean {
  try {
    return canonicalJson((JSON.parse(text) as { content: unknown }).content) === canonicalJson(paper)
  } catch {
    return false
  }
}
