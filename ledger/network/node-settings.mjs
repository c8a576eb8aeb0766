import { join } from 'node:path'
import { placesIn, portsFrom } from './folder.mjs'
import { ordererName, peerHost, peerName } from './topology.mjs'

/**
 * A process as it is started.
 * @typedef {{ readonly name: string, readonly program: string, readonly args: readonly string[], readonly env: NodeJS.ProcessEnv }} Start
 */

/** What one network's commands need to know. @typedef {{ readonly dir: string, readonly binaries: string, readonly basePort: number }} Site */

/** Of a person's environment only what a process needs: no CORE_ or ORDERER_ variable of theirs changes ours. */
function plainEnvironment() {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'SystemRoot', 'LD_LIBRARY_PATH']
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}

/** @param {Site} site @param {import('./topology.mjs').Organisation} organisation @returns {Start} */
export function peerStart({ dir, binaries, basePort }, organisation) {
  const places = placesIn(dir)
  const { listen, chaincode, operations } = portsFrom(basePort).peer(organisation)
  const { nodeMsp, tls } = places.peerOrganisation(organisation)
  const data = join(places.data, peerName(organisation))
  const address = `localhost:${listen}`
  return {
    name: peerName(organisation),
    program: join(binaries, 'peer'),
    args: ['node', 'start'],
    env: {
      ...plainEnvironment(),
      FABRIC_CFG_PATH: places.config,
      FABRIC_LOGGING_SPEC: process.env['FABRIC_LOGGING_SPEC'] || 'warn',
      CORE_PEER_ID: peerHost(organisation),
      CORE_PEER_LOCALMSPID: organisation.mspId,
      CORE_PEER_MSPCONFIGPATH: nodeMsp,
      CORE_PEER_LISTENADDRESS: `127.0.0.1:${listen}`,
      CORE_PEER_ADDRESS: address,
      CORE_PEER_CHAINCODELISTENADDRESS: `127.0.0.1:${chaincode}`,
      CORE_PEER_CHAINCODEADDRESS: `localhost:${chaincode}`,
      CORE_PEER_GOSSIP_BOOTSTRAP: address,
      // Unset, the peer is invisible to the other organisations.
      CORE_PEER_GOSSIP_EXTERNALENDPOINT: address,
      CORE_PEER_TLS_ENABLED: 'true',
      CORE_PEER_TLS_CERT_FILE: join(tls, 'server.crt'),
      CORE_PEER_TLS_KEY_FILE: join(tls, 'server.key'),
      CORE_PEER_TLS_ROOTCERT_FILE: join(tls, 'ca.crt'),
      CORE_PEER_FILESYSTEMPATH: data,
      CORE_LEDGER_SNAPSHOTS_ROOTDIR: join(data, 'snapshots'),
      CORE_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
    },
  }
}

/** @param {Site} site @param {import('./topology.mjs').Organisation} organisation @returns {Start} */
export function ordererStart({ dir, binaries, basePort }, organisation) {
  const places = placesIn(dir)
  const { listen, admin, operations } = portsFrom(basePort).orderer(organisation)
  const { nodeMsp, tls } = places.ordererOrganisation(organisation)
  const data = join(places.data, ordererName(organisation))
  const certificate = join(tls, 'server.crt')
  const key = join(tls, 'server.key')
  return {
    name: ordererName(organisation),
    program: join(binaries, 'orderer'),
    args: [],
    env: {
      ...plainEnvironment(),
      FABRIC_CFG_PATH: places.config,
      FABRIC_LOGGING_SPEC: process.env['FABRIC_LOGGING_SPEC'] || 'warn',
      ORDERER_GENERAL_LISTENADDRESS: '127.0.0.1',
      ORDERER_GENERAL_LISTENPORT: String(listen),
      ORDERER_GENERAL_LOCALMSPID: organisation.ordererMspId,
      ORDERER_GENERAL_LOCALMSPDIR: nodeMsp,
      ORDERER_GENERAL_TLS_ENABLED: 'true',
      ORDERER_GENERAL_TLS_CERTIFICATE: certificate,
      ORDERER_GENERAL_TLS_PRIVATEKEY: key,
      ORDERER_GENERAL_TLS_ROOTCAS: `[${join(tls, 'ca.crt')}]`,
      ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: certificate,
      ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: key,
      ORDERER_FILELEDGER_LOCATION: join(data, 'ledger'),
      ORDERER_CONSENSUS_WALDIR: join(data, 'wal'),
      ORDERER_CONSENSUS_SNAPDIR: join(data, 'snapshots'),
      ORDERER_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
      // Who lets an orderer join or leave a channel shows a certificate of its organisation's TLS authority.
      ORDERER_ADMIN_LISTENADDRESS: `127.0.0.1:${admin}`,
      ORDERER_ADMIN_TLS_ENABLED: 'true',
      ORDERER_ADMIN_TLS_CERTIFICATE: certificate,
      ORDERER_ADMIN_TLS_PRIVATEKEY: key,
      ORDERER_ADMIN_TLS_CLIENTAUTHREQUIRED: 'true',
      ORDERER_ADMIN_TLS_CLIENTROOTCAS: `[${join(tls, 'ca.crt')}]`,
    },
  }
}

/** What the `peer` command needs to speak to its organisation's peer as its administrator. @param {Site} site @param {import('./topology.mjs').Organisation} organisation */
export function adminEnvironment({ dir, basePort }, organisation) {
  const places = placesIn(dir)
  const { adminMsp, tls } = places.peerOrganisation(organisation)
  return {
    ...plainEnvironment(),
    FABRIC_CFG_PATH: places.config,
    FABRIC_LOGGING_SPEC: 'error',
    CORE_PEER_LOCALMSPID: organisation.mspId,
    CORE_PEER_MSPCONFIGPATH: adminMsp,
    CORE_PEER_ADDRESS: `localhost:${portsFrom(basePort).peer(organisation).listen}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: join(tls, 'ca.crt'),
  }
}

/** The orderer of this organisation, as options of the `peer` command. @param {Site} site @param {import('./topology.mjs').Organisation} organisation */
export function ordererOptions({ dir, basePort }, organisation) {
  return ['-o', `localhost:${portsFrom(basePort).orderer(organisation).listen}`, '--tls', '--cafile', join(placesIn(dir).ordererOrganisation(organisation).tls, 'ca.crt')]
}
