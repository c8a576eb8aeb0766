import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** Where distributions put SoftHSM 2. */
const places = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so', '/opt/homebrew/lib/softhsm/libsofthsm2.so']

/** Why keys in a token cannot be tried on this machine; null when they can. */
export function whyNoSoftHsm(): string | null {
  if (modulePath() === undefined) return 'SoftHSM 2 is not installed (apt-get install softhsm2)'
  try {
    createRequire(import.meta.url).resolve('pkcs11js')
    return null
  } catch {
    return 'the optional package pkcs11js is not installed'
  }
}

export function modulePath(): string | undefined {
  return places.find((path) => existsSync(path))
}

export interface SoftHsm {
  readonly modulePath: string
  /** The RFC 7512 address of a key of the token. */
  address(object: string, more?: string): string
  readonly pin: string
  close(): Promise<void>
}

/** A token of its own with the PIN, in a folder that goes. The module reads its place from the environment when it is loaded, so one process has one. */
export async function aSoftHsm({ label = 'yidan', pin = '98765432' }: { readonly label?: string; readonly pin?: string } = {}): Promise<SoftHsm> {
  const library = modulePath()
  if (library === undefined) throw new Error(whyNoSoftHsm() ?? '')
  const folder = await mkdtemp(join(tmpdir(), 'yidan-hsm-'))
  await mkdir(join(folder, 'tokens'))
  const config = join(folder, 'softhsm2.conf')
  await writeFile(config, `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  process.env['SOFTHSM2_CONF'] = config
  await promisify(execFile)('softhsm2-util', ['--init-token', '--free', '--label', label, '--pin', pin, '--so-pin', '11223344'], { env: { ...process.env, SOFTHSM2_CONF: config } })
  return {
    modulePath: library, pin,
    address: (object, more = `&pin-value=${pin}`) => `pkcs11:token=${label};object=${object}?module-path=${library}${more}`,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The part of the optional package that is used here. */
interface Attribute { readonly type: number; readonly value: string | boolean | Buffer }
type Constant = 'CKF_SERIAL_SESSION' | 'CKF_RW_SESSION' | 'CKU_USER' | 'CKA_LABEL' | 'CKA_ID' | 'CKA_TOKEN' | 'CKA_VERIFY' | 'CKA_EC_PARAMS' | 'CKA_SIGN' | 'CKA_PRIVATE' | 'CKA_SENSITIVE' | 'CKA_EXTRACTABLE' | 'CKM_EC_KEY_PAIR_GEN'
interface Pkcs11js extends Readonly<Record<Constant, number>> {
  readonly PKCS11: new () => {
    load(path: string): void
    C_Initialize(): void
    C_GetSlotList(present: boolean): Buffer[]
    C_GetTokenInfo(slot: Buffer): { readonly label: string }
    C_OpenSession(slot: Buffer, flags: number): Buffer
    C_Login(session: Buffer, user: number, pin: string): void
    C_GenerateKeyPair(session: Buffer, mechanism: { readonly mechanism: number }, open: readonly Attribute[], secret: readonly Attribute[]): unknown
    C_CloseSession(session: Buffer): void
  }
}

/** Makes a P-256 key pair in the token that cannot be taken out of it. */
export async function makeKeyIn({ modulePath: library, pin }: SoftHsm, { label, id = label, curve = 'p256' }: { readonly label: string; readonly id?: string; readonly curve?: 'p256' | 'p384' }): Promise<void> {
  const ck = createRequire(import.meta.url)('pkcs11js') as Pkcs11js
  const module = new ck.PKCS11()
  module.load(library)
  try {
    module.C_Initialize()
  } catch (error) {
    if (!String(error).includes('ALREADY_INITIALIZED')) throw error
  }
  const [slot] = module.C_GetSlotList(true).filter((one) => module.C_GetTokenInfo(one).label.trim() !== '')
  if (slot === undefined) throw new Error('the token is not there')
  const session = module.C_OpenSession(slot, ck.CKF_SERIAL_SESSION | ck.CKF_RW_SESSION)
  try {
    module.C_Login(session, ck.CKU_USER, pin)
  } catch (error) {
    if (!String(error).includes('ALREADY_LOGGED_IN')) throw error
  }
  const named = [{ type: ck.CKA_LABEL, value: label }, { type: ck.CKA_ID, value: Buffer.from(id) }, { type: ck.CKA_TOKEN, value: true }]
  const parameters = Buffer.from(curve === 'p256' ? '06082a8648ce3d030107' : '06052b81040022', 'hex')
  module.C_GenerateKeyPair(session, { mechanism: ck.CKM_EC_KEY_PAIR_GEN },
    [...named, { type: ck.CKA_VERIFY, value: true }, { type: ck.CKA_EC_PARAMS, value: parameters }],
    [...named, { type: ck.CKA_SIGN, value: true }, { type: ck.CKA_PRIVATE, value: true }, { type: ck.CKA_SENSITIVE, value: true }, { type: ck.CKA_EXTRACTABLE, value: false }])
  module.C_CloseSession(session)
}
