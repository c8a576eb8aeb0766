import { noHash, type BillId, type Command, type PartyId, type Subject } from '../domain/index.ts'
import type { Organisation } from '../port.ts'
import type { Prepared } from './edge.ts'
import type { Heads } from './heads.ts'

/** What could not be asked: it goes by itself, so that it holds up nothing else. */
const notKnown = 'not known'
/** The chaincode's own policy. */
const leastEndorsers = 2

/** Which organisations must endorse an act. Only grouping hangs on it: the network itself checks the policies. */
export class Endorsers {
  readonly #heads: Heads
  readonly #organisations: readonly Organisation[]

  constructor(heads: Heads, organisations: readonly Organisation[]) {
    this.#heads = heads
    this.#organisations = organisations
  }

  async of({ command, touches, parties, confidential }: { readonly command: Command; readonly touches: readonly Subject[]; readonly parties: readonly PartyId[]; readonly confidential: boolean }): Promise<Pick<Prepared, 'group' | 'organisations' | 'likely'>> {
    try {
      const bills = touches.filter((subject): subject is BillId => subject.startsWith('b') && !(subject === command.subject && command.prevHash === noHash))
      const endorsers = new Set((await Promise.all(bills.map((billId) => this.#endorsersOf(billId)))).flat())
      // With something confidential the gateway does not choose by itself: who sees it has to be said.
      if (!confidential) return { group: [...endorsers].sort().join(','), organisations: null, likely: endorsers.size >= leastEndorsers ? [...endorsers].sort() : null }
      for (const host of await Promise.all(parties.map((party) => this.#hostOf(party)))) endorsers.add(host)
      const named = this.#atLeastTwo([...endorsers].sort())
      return { group: named.join(','), organisations: named, likely: null }
    } catch {
      return { group: notKnown, organisations: confidential ? this.#organisations.map(({ id }) => id) : null, likely: null }
    }
  }

  async #endorsersOf(billId: BillId): Promise<readonly string[]> {
    return this.#heads.known(billId)?.endorsers ?? (await this.#heads.read(billId))?.endorsers ?? []
  }

  async #hostOf(partyId: PartyId): Promise<string> {
    return (await this.#heads.read(partyId))?.party?.host ?? this.#operator()
  }

  #atLeastTwo(named: readonly string[]): readonly string[] {
    const others = this.#organisations.map(({ id }) => id).filter((id) => !named.includes(id))
    return [...named, ...others.slice(0, Math.max(leastEndorsers - named.length, 0))]
  }

  #operator(): string {
    return this.#organisations.find(({ role }) => role === 'operator')?.id ?? this.#organisations[0]?.id ?? ''
  }
}
