import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bookingFiles, readBooking, type BookingName } from './bill-documents.ts'

/**
 * Everything in the sample bookings that a ledger must not tell: names and addresses of parties, goods, amounts, marks. Container numbers
 * are on it in the open (decision 0003).
 */
export function secretsOfBookings(): readonly string[] {
  const names = Object.keys(bookingFiles) as BookingName[]
  const found = names.flatMap((name) => {
    const { bookingNumber, service, parties, containers, insurance, declaredValue, freight, legs, placeOfReceipt, placeOfDelivery } = readBooking(name)
    const consignee = typeof parties.consignee === 'string' ? [parties.consignee.replace(/^TO ORDER( OF )?/, '')] : partyTexts(parties.consignee)
    return [
      bookingNumber, service, placeOfReceipt, placeOfDelivery, declaredValue.amount, insurance?.insurer, insurance?.policyNumber, insurance?.insuredAmount, ...partyTexts(parties.carrier), ...partyTexts(parties.shipper), ...consignee, ...parties.notify.flatMap(partyTexts),
      ...containers.flatMap(({ goods, sealNumber }) => [goods, sealNumber]), ...freight.lines.flatMap(({ name: charge, perTEU }) => [charge, perTEU]), ...legs.flatMap(({ carrier, from, to, trainNumber, vessel, plate }) => [carrier, from, to, trainNumber, vessel, plate]),
    ]
  })
  // What is shorter stands in hashes and ids by chance.
  return [...new Set(found.filter((text): text is string => text !== undefined && Buffer.byteLength(text) >= 6 && text !== 'SHIPPER'))].sort()
}

function partyTexts({ name, nameEn, creditCode, address, contact }: { name: string; nameEn?: string; creditCode?: string; address?: string; contact?: string }): (string | undefined)[] {
  return [name, nameEn, creditCode, address, contact]
}

/** What of all that can be read in these bytes, also where they are written as JSON escapes, base64 or hexadecimal: of a journal, of blocks, of anything an organisation of the ledger keeps. */
export function whatALedgerTells(bytes: Uint8Array, secrets: readonly string[] = secretsOfBookings()): string[] {
  const kept = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return secrets.filter((secret) => formsOf(secret).some((form) => kept.includes(form)))
}

function formsOf(secret: string): Buffer[] {
  const text = Buffer.from(secret, 'utf8')
  const escaped = secret.replaceAll(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
  // Base64 shifts with what stands before: the middle of each of the three readings is the same wherever it stands.
  const base64 = [0, 1, 2].flatMap((shift) => ['base64', 'base64url'].map((encoding) => Buffer.concat([Buffer.alloc(shift), text]).toString(encoding as 'base64').slice(shift === 0 ? 0 : shift + 1, -3)))
  return [text, Buffer.from(escaped), Buffer.from(text.toString('hex')), Buffer.from(secret, 'utf16le'), ...base64.filter((form) => form.length >= 6).map((form) => Buffer.from(form))]
}

/** The journal of an embedded ledger, whole. */
export function journalOf(directory: string): Promise<Buffer> {
  return readFile(join(directory, 'journal.jsonl'))
}
