import { ordererDomain, organisations, peerDomain } from './topology.mjs'

/**
 * What cryptogen is to make: a CA, a TLS CA, one node and one administrator for each of the six MSPs. Names for containers, and for
 * processes of one machine.
 */
export function renderCryptoConfig() {
  const orderers = organisations.map((organisation) => entry(`${organisation.key}-orderer`, ordererDomain(organisation), 'orderer'))
  const peers = organisations.map((organisation) => `${entry(organisation.key, peerDomain(organisation), 'peer')}    Users:\n      Count: 0\n`)
  return `OrdererOrgs:\n${orderers.join('')}PeerOrgs:\n${peers.join('')}`
}

/** @param {string} name @param {string} domain @param {string} host */
function entry(name, domain, host) {
  return `  - Name: ${name}
    Domain: ${domain}
    EnableNodeOUs: true
    CA:
      Country: CN
      Province: Henan
      Locality: Luoyang
    Specs:
      - Hostname: ${host}
        SANS:
          - localhost
          - 127.0.0.1
`
}
