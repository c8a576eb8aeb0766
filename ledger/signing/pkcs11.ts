import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { keyIdOf, toBase64, type Signer } from './index.ts'
import { parsePkcs11Uri, withoutPin, type Pkcs11Uri } from './pkcs11-uri.ts'

export { Pkcs11UriFault } from './pkcs11-uri.ts'

/** The key cannot be used: no package, no module, no token, no such key, another PIN. Says the way out, never the PIN. */
export class Pkcs11Fault extends Error {
  override readonly name = 'Pkcs11Fault'
}

/** A signer whose private key never leaves its token. */
export interface Pkcs11Signer extends Signer {
  /** Ends the session. */
  close(): Promise<void>
}

/**
 * A P-256 key in a hardware module or a token such as SoftHSM, named by an RFC 7512 address. The module signs (CKM_ECDSA over the SHA-256
 * of the text, r‖s); the public half is read from the token. Acts one after another, since a session holds one operation at a time; a
 * session that the token has dropped is opened once more. Needs the optional package `pkcs11js`.
 * @throws Pkcs11UriFault, Pkcs11Fault
 */
export async function pkcs11Signer(address: string): Promise<Pkcs11Signer> {
  const uri = parsePkcs11Uri(address)
  const pin = await pinOf(uri)
  const library = await loadModule(uri.modulePath)
  let opened = openKey(library, uri, pin)
  const spki = spkiOf(opened)
  let last: Promise<unknown> = Promise.resolve()
  let closed = false

  async function signNow(digest: Buffer): Promise<Buffer> {
    try {
      return await signWith(library, opened, digest)
    } catch (error) {
      if (closed || !isLost(error)) throw faultOf('it did not sign', error)
      opened = openKey(library, uri, pin)
      if (spkiOf(opened) !== spki) throw new Pkcs11Fault(`the token holds another key than before under ${withoutPin(address)}`)
      return signWith(library, opened, digest)
    }
  }

  return {
    publicKey: spki,
    keyId: await keyIdOf(Uint8Array.from(Buffer.from(spki, 'base64'))),
    async sign(text) {
      const digest = createHash('sha256').update(text, 'utf8').digest()
      const turn = last.then(() => signNow(digest))
      last = turn.catch(() => null)
      return (await turn).toString('base64url')
    },
    async close() {
      await last
      if (closed) return
      closed = true
      closeQuietly(library, opened.session)
    },
  }
}

/** The part of `pkcs11js` that is used here. It is not imported by type: where it could not be built it is not installed. */
interface Module {
  load(path: string): void
  C_Initialize(): void
  C_GetSlotList(tokenPresent: boolean): Buffer[]
  C_GetTokenInfo(slot: Buffer): { readonly label: string; readonly serialNumber: string }
  C_OpenSession(slot: Buffer, flags: number): Buffer
  C_CloseSession(session: Buffer): void
  C_Login(session: Buffer, user: number, pin: string): void
  C_FindObjectsInit(session: Buffer, template: readonly Attribute[]): void
  C_FindObjects(session: Buffer, most: number): Buffer[]
  C_FindObjectsFinal(session: Buffer): void
  C_GetAttributeValue(session: Buffer, object: Buffer, template: readonly Pick<Attribute, 'type'>[]): { readonly value: Buffer }[]
  C_SignInit(session: Buffer, mechanism: { readonly mechanism: number }, key: Buffer): void
  C_SignAsync(session: Buffer, data: Buffer, signature: Buffer): Promise<Buffer>
}
interface Attribute { readonly type: number; readonly value: number | string | Uint8Array }
interface OpenedKey { readonly session: Buffer; readonly privateKey: Buffer; readonly point: Buffer }

/** Numbers of the PKCS #11 2.40 standard. */
const cka = { class: 0x000, label: 0x003, id: 0x102, keyType: 0x100, ecParams: 0x180, ecPoint: 0x181 } as const
const cko = { publicKey: 2, privateKey: 3 } as const
const ckkEc = 3
const ckmEcdsa = 0x1041
const ckuUser = 1
const serialSession = 4
const alreadyInitialized = 0x191
const alreadyLoggedIn = 0x100
/** Session closed or its handle unknown, token or device gone, user not logged in, key handle unknown. */
const lostCodes: ReadonlySet<number> = new Set([0x0b0, 0x0b3, 0x032, 0x030, 0x0e0, 0x101, 0x060])

const modules = new Map<string, Module>()

async function loadModule(path: string): Promise<Module> {
  const known = modules.get(path)
  if (known) return known
  const Library = await packageClass()
  const library = new Library()
  try {
    library.load(path)
    library.C_Initialize()
  } catch (error) {
    if (codeOf(error) !== alreadyInitialized) throw faultOf(`the module ${path} cannot be loaded`, error)
  }
  modules.set(path, library)
  return library
}

async function packageClass(): Promise<new () => Module> {
  // By a name that the compiler does not look up: the package is optional.
  const name: string = 'pkcs11js'
  try {
    const loaded = (await import(name)) as { readonly PKCS11?: new () => Module; readonly default?: { readonly PKCS11: new () => Module } }
    const found = loaded.PKCS11 ?? loaded.default?.PKCS11
    if (found) return found
  } catch (error) {
    throw new Pkcs11Fault('keys in hardware need the optional package pkcs11js, which is not installed: npm install needs a C++ compiler, Python and the headers of Node for it', { cause: error })
  }
  throw new Pkcs11Fault('the package pkcs11js is of another kind than expected')
}

async function pinOf({ pin }: Pkcs11Uri): Promise<string | null> {
  if (pin === null) return null
  if ('value' in pin) return pin.value
  const path = pin.source.startsWith('file:') ? (pin.source.startsWith('file://') ? fileURLToPath(pin.source) : pin.source.slice('file:'.length)) : pin.source
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw new Pkcs11Fault(`the PIN cannot be read from ${path}`, { cause: error })
  }
}

function openKey(library: Module, uri: Pkcs11Uri, pin: string | null): OpenedKey {
  const session = openSession(library, slotOf(library, uri), pin)
  try {
    const privateKey = theOne(library, session, uri, cko.privateKey)
    const [found] = objects(library, session, uri, cko.publicKey)
    const point = pointOf(library, session, found ?? privateKey)
    if (point === null) throw new Pkcs11Fault('the token holds no public half of the key: put its public key object beside it, with the same label and id')
    return { session, privateKey, point }
  } catch (error) {
    closeQuietly(library, session)
    throw error instanceof Pkcs11Fault ? error : faultOf('the key cannot be read', error)
  }
}

function slotOf(library: Module, { token, serial, slotId }: Pkcs11Uri): Buffer {
  const slots = library.C_GetSlotList(true).filter((slot, index) => {
    const info = library.C_GetTokenInfo(slot)
    return (token === null || info.label.trim() === token) && (serial === null || info.serialNumber.trim() === serial) && (slotId === null || numberOf(slot) === slotId || index === slotId)
  })
  const [slot] = slots
  if (slot === undefined) throw new Pkcs11Fault('no token is there that the address names: is it plugged in, is its label right?')
  if (slots.length > 1) throw new Pkcs11Fault('the address fits several tokens: name the token or its serial')
  return slot
}

/** A handle is a native unsigned long in the machine's byte order. */
function numberOf(handle: Buffer): number {
  return handle.length >= 8 ? Number(handle.readBigUInt64LE(0)) : handle.readUInt32LE(0)
}

function openSession(library: Module, slot: Buffer, pin: string | null): Buffer {
  const session = library.C_OpenSession(slot, serialSession)
  if (pin === null) return session
  try {
    library.C_Login(session, ckuUser, pin)
  } catch (error) {
    // Another session of this process has logged in for all.
    if (codeOf(error) === alreadyLoggedIn) return session
    closeQuietly(library, session)
    throw faultOf('the token did not take the PIN', error)
  }
  return session
}

function theOne(library: Module, session: Buffer, uri: Pkcs11Uri, kind: number): Buffer {
  const found = objects(library, session, uri, kind)
  const [key] = found
  if (key === undefined) throw new Pkcs11Fault('the token holds no such P-256 key, or shows it only with a PIN')
  if (found.length > 1) throw new Pkcs11Fault('the address fits several keys of the token: name the id too')
  return key
}

function objects(library: Module, session: Buffer, { object, id }: Pkcs11Uri, kind: number): Buffer[] {
  library.C_FindObjectsInit(session, [
    { type: cka.class, value: kind }, { type: cka.keyType, value: ckkEc }, ...(object === null ? [] : [{ type: cka.label, value: object }]), ...(id === null ? [] : [{ type: cka.id, value: Buffer.from(id) }]),
  ])
  try {
    return library.C_FindObjects(session, 10)
  } finally {
    library.C_FindObjectsFinal(session)
  }
}

const p256 = Buffer.from('06082a8648ce3d030107', 'hex')

/** X and Y; null where this object does not tell them. @throws Pkcs11Fault for a key on another curve */
function pointOf(library: Module, session: Buffer, object: Buffer): Buffer | null {
  const value = (type: number): Buffer => library.C_GetAttributeValue(session, object, [{ type }])[0]?.value ?? Buffer.alloc(0)
  if (!value(cka.ecParams).equals(p256)) throw new Pkcs11Fault('the key is not on the curve P-256')
  let point: Buffer
  try {
    point = value(cka.ecPoint)
  } catch {
    return null
  }
  // An OCTET STRING around the uncompressed point; some makers leave the wrapping out.
  const plain = point.length === 67 && point[0] === 0x04 && point[1] === 65 ? point.subarray(2) : point
  return plain.length === 65 && plain[0] === 0x04 ? plain.subarray(1) : null
}

const spkiHead = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')

function spkiOf({ point }: OpenedKey): string {
  return toBase64(Buffer.concat([spkiHead, point]))
}

async function signWith(library: Module, { session, privateKey }: OpenedKey, digest: Buffer): Promise<Buffer> {
  library.C_SignInit(session, { mechanism: ckmEcdsa }, privateKey)
  const signature = await library.C_SignAsync(session, digest, Buffer.alloc(64))
  if (signature.length !== 64) throw new Pkcs11Fault(`the token gave a signature of ${signature.length} bytes`)
  return signature
}

function closeQuietly(library: Module, session: Buffer): void {
  try {
    library.C_CloseSession(session)
  } catch {
    // It is gone already.
  }
}

function isLost(error: unknown): boolean {
  return lostCodes.has(codeOf(error) ?? -1)
}

function codeOf(error: unknown): number | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : null
}

function faultOf(what: string, error: unknown): Pkcs11Fault {
  if (error instanceof Pkcs11Fault) return error
  return new Pkcs11Fault(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
