import { join } from 'node:path'
import type { Signer } from '@yidan/ledger/signing'
import { fileSigner } from '@yidan/ledger/signing/file'
import { Pkcs11Fault, pkcs11Signer, Pkcs11UriFault } from '@yidan/ledger/signing/pkcs11'
import { StartFault } from './start-fault.ts'

/** The registrar's key: in a token where REGISTRAR_KEY names one, else in a file of the keys folder, made at the first start. @throws StartFault */
export async function openRegistrarKey({ address, keysDir }: { readonly address: string | null; readonly keysDir: string }): Promise<Signer & { close(): Promise<void> }> {
  if (address === null) return { ...(await fileSigner(join(keysDir, 'registrar.pem'))), close: () => Promise.resolve() }
  try {
    return await pkcs11Signer(address)
  } catch (error) {
    if (!(error instanceof Pkcs11Fault || error instanceof Pkcs11UriFault)) throw error
    throw new StartFault(`REGISTRAR_KEY cannot be used: ${error.message}`, ['Example: REGISTRAR_KEY=pkcs11:token=yidan;object=registrar?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/yidan/pin', 'See docs/operations/hardware-keys.md.'], { cause: error })
  }
}
