import { problemCodes } from '@yidan/api/contract'
import { billKinds, legModes, partyRoles, refusalCodes, titleStateNames, voidReasons } from '@yidan/ledger'
import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messagesOf, type Words } from './parts.ts'

const folder = join(import.meta.dirname, 'parts')
const sources = join(import.meta.dirname, '..')

function read(language: 'zh' | 'en'): Record<string, Words> {
  const files = readdirSync(folder).filter((name) => name.endsWith(`.${language}.json`))
  return messagesOf(Object.fromEntries(files.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Words])))
}

function keysOf(words: Words, prefix = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`)))
}

function wordAt(words: Record<string, Words>, key: string): string | null {
  let found: string | Words | undefined = words
  for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined
  return typeof found === 'string' ? found : null
}

function sourceFiles(at: string): string[] {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sourceFiles(join(at, entry.name)) : /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith('.test.ts') ? [join(at, entry.name)] : []))
}

describe('Words of the screens', () => {
  const zh = read('zh'), en = read('en')

  it('are there in Chinese and in English alike', () => {
    const chinese = keysOf(zh).sort(), english = keysOf(en).sort()
    expect(chinese.filter((key) => !english.includes(key)), 'only in Chinese').to.deep.equal([])
    expect(english.filter((key) => !chinese.includes(key)), 'only in English').to.deep.equal([])
    expect(chinese.length).to.be.greaterThan(300)
  })

  it('fill in the same values in both languages', () => {
    const values = (text: string | null): string[] => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()
    for (const key of keysOf(zh)) expect(values(wordAt(en, key)), key).to.deep.equal(values(wordAt(zh, key)))
  })

  it('word every refusal and every problem the server can give', () => {
    for (const code of [...refusalCodes, ...problemCodes]) {
      expect(wordAt(zh, `refusal.${code}`), code).to.match(/\p{Script=Han}/u)
      expect(wordAt(en, `refusal.${code}`), code).to.match(/[a-z]/)
    }
  })

  it('word every state, reason, mode, kind and role', () => {
    const wanted = [...titleStateNames, ...voidReasons.map((reason) => `reason.${reason}`), ...legModes.map((mode) => `mode.${mode}`), ...billKinds.map((kind) => `kind.${kind}`), ...partyRoles.map((role) => `partyRole.${role}`)]
    for (const key of wanted) expect(wordAt(zh, `state.${key}`), key).to.not.equal(null)
  })

  it('exist for every key that a screen asks for by name', () => {
    const missing = sourceFiles(sources).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?:\$t|\bt|\bsay)\('([\w.-]+)'/g)].map(([, key]) => key ?? '').filter((key) => !key.endsWith('.') && wordAt(zh, key) === null).map((key) => `${file.slice(sources.length + 1)}: ${key}`))
    expect(missing).to.deep.equal([])
  })

  it('hold no braces or pipes that the message compiler would take for its own', () => {
    const wrong = keysOf(zh).filter((key) => [zh, en].some((words) => /[|@]|\{(?!\w+\})|(?<!\{\w+)\}/.test(wordAt(words, key) ?? '')))
    expect(wrong).to.deep.equal([])
  })
})
