/** A key in a token, named as RFC 7512 names it: `pkcs11:token=yidan;object=registrar?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/yidan/pin`. */
export interface Pkcs11Uri {
  readonly modulePath: string
  readonly token: string | null
  readonly serial: string | null
  readonly slotId: number | null
  /** Label of the key. */
  readonly object: string | null
  readonly id: Uint8Array | null
  readonly pin: { readonly source: string } | { readonly value: string } | null
}

/** What a URI says wrong. Never repeats its PIN. */
export class Pkcs11UriFault extends Error {
  override readonly name = 'Pkcs11UriFault'
}

const pathNames = ['token', 'serial', 'slot-id', 'object', 'id', 'type', 'manufacturer', 'model', 'library-manufacturer', 'library-description', 'library-version', 'slot-description', 'slot-manufacturer'] as const
const queryNames = ['module-path', 'module-name', 'pin-source', 'pin-value'] as const

/** @throws Pkcs11UriFault */
export function parsePkcs11Uri(text: string): Pkcs11Uri {
  const [path = '', query = ''] = text.startsWith('pkcs11:') ? text.slice('pkcs11:'.length).split(/\?(.*)/s) : fault('it does not begin with pkcs11:')
  const named = attributes(path, ';', pathNames)
  const asked = attributes(query, '&', queryNames)
  const modulePath = textOf(asked, 'module-path') ?? fault('it names no module-path, the library of the token’s maker')
  const type = textOf(named, 'type')
  if (type !== null && type !== 'private') fault('its type is not private')
  const object = textOf(named, 'object')
  const id = named.get('id') ?? null
  if (object === null && id === null) fault('it names neither the object nor the id of a key')
  const slot = textOf(named, 'slot-id')
  if (slot !== null && !/^\d{1,9}$/.test(slot)) fault('its slot-id is no number')
  const [source, value] = [textOf(asked, 'pin-source'), textOf(asked, 'pin-value')]
  if (source !== null && value !== null) fault('it has both pin-source and pin-value')
  return { modulePath, token: textOf(named, 'token'), serial: textOf(named, 'serial'), slotId: slot === null ? null : Number(slot), object, id, pin: source !== null ? { source } : value !== null ? { value } : null }
}

/** Without the PIN, for messages and logs. */
export function withoutPin(text: string): string {
  return text.replace(/([?&]pin-value=)[^&]*/g, '$1…')
}

function attributes(text: string, separator: string, known: readonly string[]): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>()
  for (const part of text.split(separator).filter((given) => given !== '')) {
    const [name = '', value] = part.split(/=(.*)/s)
    if (value === undefined || !known.includes(name)) fault(`it has an attribute that is not known here: ${name}`)
    if (found.has(name)) fault(`it names ${name} twice`)
    found.set(name, unescaped(value))
  }
  return found
}

function unescaped(value: string): Uint8Array {
  if (/%(?![0-9a-f]{2})/i.test(value)) fault('a % in it is not followed by two hexadecimal digits')
  const bytes = value.split(/(%[0-9a-f]{2})/i).flatMap((part) => (/^%[0-9a-f]{2}$/i.test(part) ? [Number.parseInt(part.slice(1), 16)] : [...new TextEncoder().encode(part)]))
  return Uint8Array.from(bytes)
}

function textOf(found: ReadonlyMap<string, Uint8Array>, name: string): string | null {
  const bytes = found.get(name)
  return bytes === undefined ? null : new TextDecoder().decode(bytes)
}

function fault(what: string): never {
  throw new Pkcs11UriFault(`the PKCS #11 address of a key is not right: ${what}`)
}
