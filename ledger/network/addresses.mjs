import { portsFrom } from './folder.mjs'
import { chaincodeHost, ordererHost, peerHost } from './topology.mjs'

/**
 * Where everything of a network is reached.
 * @typedef {object} Addresses
 * @property {boolean} local all of it are processes of one machine
 * @property {(organisation: import('./topology.mjs').Organisation) => { readonly host: string, readonly port: number, readonly operations: string }} peer
 * @property {(organisation: import('./topology.mjs').Organisation) => { readonly host: string, readonly port: number, readonly operations: string }} orderer
 * @property {(slot: number, organisation: import('./topology.mjs').Organisation) => string} chaincode as its peer dials it
 */

/** Processes of one machine, on a block of ports. @param {number} basePort @returns {Addresses} */
export function localAddresses(basePort) {
  const ports = portsFrom(basePort)
  return {
    local: true,
    peer: (organisation) => ({ host: 'localhost', port: ports.peer(organisation).listen, operations: `http://127.0.0.1:${ports.peer(organisation).operations}` }),
    orderer: (organisation) => ({ host: 'localhost', port: ports.orderer(organisation).listen, operations: `http://127.0.0.1:${ports.orderer(organisation).operations}` }),
    chaincode: (slot, organisation) => `localhost:${ports.chaincode(slot, organisation)}`,
  }
}

/** Containers, each under its own name with the usual ports. @type {Addresses} */
export const containerAddresses = {
  local: false,
  peer: (organisation) => ({ host: peerHost(organisation), port: 7051, operations: `http://${peerHost(organisation)}:9443` }),
  orderer: (organisation) => ({ host: ordererHost(organisation), port: 7050, operations: `http://${ordererHost(organisation)}:9443` }),
  chaincode: (_slot, organisation) => `${chaincodeHost(organisation)}:9999`,
}
