import { Problem } from '../../http/problem.ts'
import { isPassword } from '../passwords.ts'
import type { WayToSignIn } from './ways.ts'

/** E-mail and password. Nothing in answer or time says whether the account exists. */
export const password: WayToSignIn<{ readonly email: string; readonly password: string }> = {
  async prove({ proof, store, lockOut }) {
    const email = proof.email.toLowerCase()
    await lockOut.check(email)
    const person = await store.people.findOne({ emailToken: await store.emailToken(email) })
    const fits = await isPassword(proof.password, person?.passwordHash ?? null)
    if (!fits || person === null || person.disabled) {
      await lockOut.failed(email)
      throw new Problem('bad-credentials')
    }
    await lockOut.succeeded(email)
    return person
  },
}
