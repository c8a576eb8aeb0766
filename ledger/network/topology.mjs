/**
 * Who keeps the ledger together: three organisations with a peer and an orderer each. An organisation's orderer has an MSP of its own,
 * so that whoever runs its peer cannot seal blocks with the peer's certificate.
 * @typedef {{ readonly key: string, readonly mspId: string, readonly ordererMspId: string, readonly role: 'operator' | 'association' | 'bank', readonly name: string }} Organisation
 */

/** @type {readonly Organisation[]} */
export const organisations = [
  { key: 'port', mspId: 'PortMSP', ordererMspId: 'PortOrdererMSP', role: 'operator', name: 'Port and registrar' },
  { key: 'assoc', mspId: 'AssocMSP', ordererMspId: 'AssocOrdererMSP', role: 'association', name: 'Forwarders’ association' },
  { key: 'bank', mspId: 'BankMSP', ordererMspId: 'BankOrdererMSP', role: 'bank', name: 'Bank' },
]

export const channel = 'titles'

/** A lone act waits so long for company before its block is cut. */
export const batchTimeoutMs = 25

/** Two of the three organisations must have run the contract and found the same. */
export const endorsementPolicy = `OutOf(2,${organisations.map(({ mspId }) => `'${mspId}.peer'`).join(',')})`

/** @param {Organisation} organisation */
export const peerDomain = ({ key }) => `${key}.yidan`

/** @param {Organisation} organisation */
export const ordererDomain = ({ key }) => `order.${key}.yidan`

/** @param {Organisation} organisation */
export const peerHost = (organisation) => `peer.${peerDomain(organisation)}`

/** @param {Organisation} organisation */
export const ordererHost = (organisation) => `orderer.${ordererDomain(organisation)}`

/** @param {Organisation} organisation */
export const chaincodeHost = (organisation) => `chaincode.${peerDomain(organisation)}`

/** @param {Organisation} organisation */
export const peerName = ({ key }) => `peer.${key}`

/** Orderers are numbered: `orderer.1` is the first organisation's. @param {Organisation} organisation */
export const ordererName = (organisation) => `orderer.${organisations.indexOf(organisation) + 1}`

/**
 * An organisation by its short name (`bank`) or its MSP (`BankMSP`).
 * @param {string} name
 * @returns {Organisation | undefined}
 */
export function organisationNamed(name) {
  return organisations.find(({ key, mspId }) => key === name || mspId === name)
}
