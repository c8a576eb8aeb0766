import type { KeyView, PartyStream, SigningRequest } from '@yidan/api/contract'
import type { Hash } from '@yidan/ledger'
import { makeSigner, signCommand, signerFromPkcs8, type Signer } from '@yidan/ledger/signing'
import type { z } from 'zod'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { call } from '../api.ts'
import { useSession } from '../session.ts'
import { openBackup, sealBackup, type BackupFile } from './backup.ts'
import { commandFor } from './command.ts'
import { advanceKey, forgetKey, keepKey, keyOf } from './key-store.ts'

/** `none`: no key in this browser. `unregistered`: made, not sent. `waiting`: for the administrator. `ready`: it may sign. `revoked`. `insecure`: no WebCrypto here. */
export type KeyState = 'unknown' | 'none' | 'unregistered' | 'waiting' | 'ready' | 'revoked' | 'insecure'

/** The signed-in person's own signing key: in this browser, and on the ledger. */
export const useOwnKey = defineStore('own-key', () => {
  const session = useSession()
  const signer = shallowRef<Signer | null>(null)
  /** Made to take the present key's place; it does once it is registered. */
  const next = shallowRef<Signer | null>(null)
  const stream = shallowRef<z.infer<typeof PartyStream> | null>(null)
  const requests = shallowRef<readonly z.infer<typeof SigningRequest>[]>([])
  const loaded = ref(false)

  const registered = computed<KeyView | null>(() => stream.value?.keys.find(({ keyId }) => keyId === signer.value?.keyId) ?? null)
  const nextState = computed<'none' | 'unregistered' | 'waiting' | 'registered'>(() => {
    const keyId = next.value?.keyId
    if (keyId === undefined) return 'none'
    if (stream.value?.keys.some((one) => one.keyId === keyId)) return 'registered'
    return isAskedFor(keyId) ? 'waiting' : 'unregistered'
  })
  const state = computed<KeyState>(() => {
    if (!globalThis.isSecureContext) return 'insecure'
    if (!loaded.value) return 'unknown'
    if (!signer.value) return 'none'
    if (registered.value) return registered.value.revokedAt === null ? 'ready' : 'revoked'
    return isAskedFor(signer.value.keyId) ? 'waiting' : 'unregistered'
  })
  const isAskedFor = (keyId: string): boolean => requests.value.some(({ command }) => (command.action === 'registerKey' || command.action === 'rebindKeys') && command.keyId === keyId)
  /** What was asked to get back to work after a loss, and waits for the registrar's people. */
  const waysBack = computed(() => requests.value.filter(({ command, state: is }) => is === 'open' && command.party === session.company?.partyId && (command.action === 'rebindKeys' || command.action === 'withdrawKeyLossReport')))

  async function load(): Promise<void> {
    const { person, company } = session
    if (!person || !company || !globalThis.isSecureContext) return
    const [kept, replacing, keys, open] = await Promise.all([
      keyOf(person.person),
      keyOf(person.person, 'next'),
      call('keys', { params: { companyId: company.id } }),
      session.may('sign-along') ? call('signingRequests', {}).then(({ items }) => items, () => []) : [],
    ])
    const isLive = (one: Signer | null): boolean => keys.keys.some(({ keyId, revokedAt }) => keyId === one?.keyId && revokedAt === null)
    // The registrar has bound the new key: there is no old one to be revoked first.
    const takesOver = isLive(replacing) && !isLive(kept)
    if (takesOver) await advanceKey(person.person)
    signer.value = takesOver ? replacing : kept
    next.value = takesOver ? null : replacing
    stream.value = keys
    requests.value = open
    loaded.value = true
  }

  /** A new key: kept here so that no script can read it, and given out once as a locked file. */
  async function make(passphrase: string, place: 'now' | 'next' = 'now'): Promise<BackupFile> {
    const { person } = signedIn()
    const fresh = await makeSigner({ extractable: true })
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', fresh.pair.privateKey))
    const backup = await sealBackup({ pkcs8, passphrase, keyId: fresh.keyId, person: person.person, now: new Date() })
    await keep(pkcs8, place)
    return backup
  }

  /** @throws BackupFault */
  async function restore(content: string, passphrase: string): Promise<void> {
    const { pkcs8 } = await openBackup({ content, passphrase })
    await keep(pkcs8)
    await load()
  }

  async function keep(pkcs8: Uint8Array<ArrayBuffer>, place: 'now' | 'next' = 'now'): Promise<void> {
    const closed = await signerFromPkcs8(pkcs8)
    pkcs8.fill(0)
    await keepKey({ person: signedIn().person.person, pair: closed.pair, place })
    if (place === 'now') signer.value = closed
    else next.value = closed
  }

  /** Registers the key for the company: signed by the key itself, countersigned by the registrar or an administrator. */
  async function register(): Promise<void> {
    if (!signer.value) throw new Error('there is no key to register')
    await registerWith(signer.value)
    await load()
  }

  /** The same for the key that is to take over: an administrator's present key signs along at once; else an administrator is asked. */
  async function registerNext(): Promise<void> {
    if (!next.value) throw new Error('there is no key to register')
    const administers = state.value === 'ready' && registered.value?.purposes.includes('admin') === true
    await registerWith(next.value, administers && signer.value ? [signer.value] : [])
    await load()
  }

  /** The next key becomes this browser's key, and the one before is revoked by its own last signature. */
  async function takeOver(reason: string): Promise<void> {
    const old = state.value === 'ready' ? signer.value : null
    if (old) await revokeWith(old, old.keyId, reason)
    await advanceKey(signedIn().person.person)
    await load()
  }

  async function registerWith(own: Signer, along: readonly Signer[] = []): Promise<void> {
    const { person, company } = signedIn()
    const head = await call('keys', { params: { companyId: company.id } })
    const purposes = person.roles.includes('administrator') ? (['title', 'admin'] as const) : (['title'] as const)
    const command = commandFor({
      action: 'registerKey', on: { subject: head.partyId, network: head.network, head: { seq: head.seq, hash: head.headHash } }, party: company.partyId, keyId: own.keyId, hours: 24 * 6,
      args: { key: { keyId: own.keyId, publicKey: own.publicKey, algorithm: 'ES256', person: person.person, purposes: [...purposes] } },
    })
    await call('registerKey', { params: { companyId: company.id }, body: await signCommand(command, own, ...along) })
  }

  async function revoke(keyId: KeyView['keyId'], reason: string): Promise<void> {
    if (!signer.value) throw new Error('there is no key to sign with')
    await revokeWith(signer.value, keyId, reason)
    await load()
  }

  /** Nothing the company signs passes from then on, until the registrar has bound new keys. */
  async function reportLoss(text: string): Promise<void> {
    const { company } = signedIn(), own = signer.value
    if (!own) throw new Error('there is no key to sign with')
    const { hash } = await call('keepKeyLossStatement', { params: { companyId: company.id }, body: { text } })
    const head = await call('keys', { params: { companyId: company.id } })
    const command = commandFor({ action: 'reportKeyLoss', on: { subject: head.partyId, network: head.network, head: { seq: head.seq, hash: head.headHash } }, party: company.partyId, keyId: own.keyId, hours: 1, args: { referenceHash: hash as Hash } })
    await call('reportKeyLoss', { params: { companyId: company.id }, body: await signCommand(command, own) })
    await load()
  }

  /** The key made to be `next` in place of all that were lost; waits for two people of the registrar. `text` says how identity is proven. */
  async function rebind(text: string): Promise<void> {
    const { person, company } = signedIn(), fresh = next.value
    if (!fresh) throw new Error('there is no key to bind')
    const { hash } = await call('keepKeyLossStatement', { params: { companyId: company.id }, body: { text } })
    const head = await call('keys', { params: { companyId: company.id } })
    const command = commandFor({
      action: 'rebindKeys', on: { subject: head.partyId, network: head.network, head: { seq: head.seq, hash: head.headHash } }, party: company.partyId, keyId: fresh.keyId, hours: 24 * 6,
      args: { key: { keyId: fresh.keyId, publicKey: fresh.publicKey, algorithm: 'ES256', person: person.person, purposes: ['title', 'admin'] }, evidenceHash: hash as Hash },
    })
    await call('rebindKeys', { params: { companyId: company.id }, body: await signCommand(command, fresh) })
    await load()
  }

  /** The keys were found; waits for an administrator of the registrar. */
  async function withdrawLoss(): Promise<void> {
    const { company } = signedIn(), own = signer.value
    if (!own) throw new Error('there is no key to sign with')
    const head = await call('keys', { params: { companyId: company.id } })
    const command = commandFor({ action: 'withdrawKeyLossReport', on: { subject: head.partyId, network: head.network, head: { seq: head.seq, hash: head.headHash } }, party: company.partyId, keyId: own.keyId, hours: 24 * 6, args: {} })
    await call('withdrawKeyLossReport', { params: { companyId: company.id }, body: await signCommand(command, own) })
    await load()
  }

  async function revokeWith(own: Signer, keyId: KeyView['keyId'], reason: string): Promise<void> {
    const { company } = signedIn()
    const head = await call('keys', { params: { companyId: company.id } })
    const command = commandFor({ action: 'revokeKey', on: { subject: head.partyId, network: head.network, head: { seq: head.seq, hash: head.headHash } }, party: company.partyId, keyId: own.keyId, hours: 1, args: { keyId, reason } })
    await call('revokeKey', { params: { companyId: company.id, keyId }, body: await signCommand(command, own) })
  }

  /** Takes the key out of this browser; on the ledger it stays until it is revoked. */
  async function forget(): Promise<void> {
    await forgetKey(signedIn().person.person)
    await load()
  }

  function signedIn() {
    const { person, company } = session
    if (!person || !company) throw new Error('nobody is signed in')
    return { person, company }
  }

  watch(() => session.person?.id, () => {
    signer.value = null
    next.value = null
    stream.value = null
    loaded.value = false
  })

  return { state, signer, next, nextState, stream, requests, registered, load, make, restore, register, registerNext, takeOver, revoke, reportLoss, waysBack, rebind, withdrawLoss, forget }
})
