import { hash, verify } from '@node-rs/argon2'
import { faultOf } from '../http/faults.ts'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'

/** Argon2id (the library's own choice) as OWASP names its least: 19 MiB, two passes. */
const cost = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const

export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost)
}

/** A hash of nothing anybody has: checking an unknown account takes as long as checking a known one. */
let decoy: Promise<string> | null = null

export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID())
  const fits = await verify(passwordHash ?? (await decoy), password.normalize('NFKC'))
  return fits && passwordHash !== null
}

/** What everybody tries first, without digits and signs at the end: `password123!` is `password`. */
const common: ReadonlySet<string> = new Set([
  'password', 'passwort', 'qwerty', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertyuiopasdfghjkl', 'iloveyou', 'admin', 'administrator', 'welcome', 'letmein', 'monkey', 'dragon', 'football', 'baseball', 'sunshine', 'princess', 'abc', 'abcd', 'abcdef', 'abcdefgh',
  'abcdefghij', 'woaini', 'woainima', 'wozuishuai', 'aini', 'luoyang', 'yidan', 'changeme', 'default', 'secret', 'master', 'superman', 'trustno', 'login', 'guest', 'root', 'test', 'user', 'qazwsx', 'qazwsxedc', 'q1w2e3r4t5y6', 'passw0rd', 'p@ssw0rd', 'p@ssword',
])

/** @throws Problem `weak-password`: shorter than ten characters, the e-mail address, one repeated character or run, or one of the common ones */
export function checkPassword({ password, email, pointer, language }: { password: string; email: string; pointer: string; language: Language }): void {
  const plain = password.normalize('NFKC').toLowerCase()
  const [local = ''] = email.toLowerCase().split('@')
  const refuse = (code: 'too-short' | 'password-is-email' | 'common-password'): never => {
    throw new Problem('weak-password', {}, [faultOf({ pointer, code, language, values: { minimum: 10 } })])
  }
  if ([...plain].length < 10) refuse('too-short')
  if (plain.includes(email.toLowerCase()) || (local.length >= 4 && plain.replaceAll(/[^a-z]/g, '') === local.replaceAll(/[^a-z]/g, ''))) refuse('password-is-email')
  if (common.has(plain) || common.has(plain.replace(/[\d\s!-/:-@[-`{-~]+$/, '')) || new Set(plain).size <= 3 || isRun(plain)) refuse('common-password')
}

/** 1234567890, abcdefghij, 9876543210 */
function isRun(text: string): boolean {
  const isNumber = /^\d+$/.test(text)
  const steps = new Set([...text].slice(1).map((character, index) => {
    const step = character.charCodeAt(0) - text.charCodeAt(index)
    return isNumber ? (step + 10) % 10 : step
  }))
  return steps.size === 1
}
