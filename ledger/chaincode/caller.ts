import { X509Certificate } from 'node:crypto'
import { ClientIdentity, type ChaincodeStub } from 'fabric-shim'
import type { Constitution } from './constitution.ts'
import { Fault } from './fault.ts'
import type { Stub } from './stub.ts'

/**
 * Only the gateway of an organisation of the constitution may write. Which one it is changes nothing: the act itself is the party's
 * signature. Both locks hold.
 * @throws Fault `not-a-gateway`, `unknown-organisation`
 */
export function refuseStranger(stub: Stub, { organisations }: Pick<Constitution, 'organisations'>): void {
  if (!isGateway(stub)) throw new Fault('not-a-gateway')
  const organisation = organisationOf(stub)
  if (!organisations.some(({ id }) => id === organisation)) throw new Fault('unknown-organisation', { organisation })
}

/** The organisation under whose authority the caller's certificate stands; the peer has checked that it does. */
export function organisationOf(stub: Stub): string {
  return stub.getCreator().mspid
}

/** What certificates say; the same few gateways call all the time. The oldest are forgotten first. */
const gateways = new Map<string, boolean>()
const keptGateways = 1_000

function isGateway(stub: Stub): boolean {
  const certificate = Buffer.from(stub.getCreator().idBytes).toString('base64')
  const known = gateways.get(certificate)
  if (known !== undefined) return known
  const says = saysGateway(stub)
  if (gateways.size >= keptGateways) gateways.delete(gateways.keys().next().value ?? '')
  gateways.set(certificate, says)
  return says
}

function saysGateway(stub: Stub): boolean {
  try {
    // Of the stub it reads the creator, and names channel and transaction in its log.
    const caller = new ClientIdentity(stub as ChaincodeStub)
    return unitsOf(new X509Certificate(Buffer.from(caller.getIDBytes()))).includes('client') && caller.assertAttributeValue('yidan.role', 'gateway')
  } catch {
    return false
  }
}

/** Fabric's own CA puts several units into one name part: "OU=client + OU=org1"; a plus sign inside a unit is escaped. */
function unitsOf(certificate: X509Certificate): readonly string[] {
  return certificate.subject.split(/\n| \+ /).flatMap((part) => (part.startsWith('OU=') ? [part.slice(3)] : []))
}
