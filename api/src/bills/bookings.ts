import type { Ports } from '../ports.ts'
import { billStore } from './store.ts'

/** Numbers of the bills made from a booking. Whether a caller may know of them is for whoever asks. */
export async function billsOfBooking(ports: Pick<Ports, 'database' | 'vault'>, bookingNumber: string): Promise<readonly string[]> {
  const found = await billStore(ports).bills.find({ tokens: bookingNumber.toUpperCase() }).limit(200).toArray()
  return found.flatMap(({ billNumber, facts }) => (billNumber !== null && facts?.bookingNumber === bookingNumber ? [billNumber] : []))
}
