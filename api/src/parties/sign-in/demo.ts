import { Problem } from '../../http/problem.ts'
import type { WayToSignIn } from './ways.ts'

/** A demo account is open to everybody, while the demo is on. */
export const demo: WayToSignIn<{ readonly account: string }> = {
  async prove({ proof, store, settings }) {
    if (!settings.demo) throw new Problem('demo-off')
    const person = await store.people.findOne({ demoAccount: proof.account, disabled: false })
    if (person === null) throw new Problem('bad-credentials')
    return person
  },
}
