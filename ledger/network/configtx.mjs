import { batchTimeoutMs, ordererDomain, ordererHost, organisations, peerDomain } from './topology.mjs'

/**
 * Where a node is reached, by those who are told so in the channel itself.
 * @typedef {{ readonly host: string, readonly port: number }} Address
 */

/**
 * The channel's constitution for configtxgen: who belongs to it, who may change it, how blocks are cut.
 * @param {{ readonly peer: (organisation: import('./topology.mjs').Organisation) => Address, readonly orderer: (organisation: import('./topology.mjs').Organisation) => Address }} addresses
 */
export function renderConfigtx({ peer, orderer }) {
  return `Profiles:
  Titles:
    Policies: &usual
      Readers: { Type: ImplicitMeta, Rule: ANY Readers }
      Writers: { Type: ImplicitMeta, Rule: ANY Writers }
      Admins: { Type: ImplicitMeta, Rule: MAJORITY Admins }
    Capabilities: { V2_0: true }
    Orderer:
      OrdererType: etcdraft
      BatchTimeout: ${batchTimeoutMs}ms
      BatchSize: { MaxMessageCount: 50, AbsoluteMaxBytes: 2 MB, PreferredMaxBytes: 512 KB }
      EtcdRaft:
        # All five options together, or none is taken.
        Options: { TickInterval: 100ms, ElectionTick: 10, HeartbeatTick: 1, MaxInflightBlocks: 5, SnapshotIntervalSize: 16 MB }
        Consenters:
${organisations.map((organisation) => consenter(organisation, orderer(organisation))).join('')}      Policies:
        <<: *usual
        # A block is sealed by an orderer's certificate, not by just any of its organisation.
        BlockValidation: { Type: ImplicitMeta, Rule: ANY Sealers }
      Capabilities: { V2_0: true }
      Organizations:
${organisations.map((organisation) => ordererOrganisation(organisation, orderer(organisation))).join('')}    Application:
      Policies:
        <<: *usual
        # No organisation can change the contract alone.
        LifecycleEndorsement: { Type: ImplicitMeta, Rule: MAJORITY Endorsement }
        Endorsement: { Type: ImplicitMeta, Rule: MAJORITY Endorsement }
      Capabilities: { V2_5: true }
      Organizations:
${organisations.map((organisation) => peerOrganisation(organisation, peer(organisation))).join('')}`
}

/** @param {import('./topology.mjs').Organisation} organisation @param {Address} address */
function consenter(organisation, { host, port }) {
  const tls = `crypto/ordererOrganizations/${ordererDomain(organisation)}/orderers/${ordererHost(organisation)}/tls/server.crt`
  return `          - { Host: ${host}, Port: ${port}, ClientTLSCert: ${tls}, ServerTLSCert: ${tls} }\n`
}

/** @param {import('./topology.mjs').Organisation} organisation @param {Address} address */
function ordererOrganisation(organisation, { host, port }) {
  const id = organisation.ordererMspId
  return `        - Name: ${id}
          ID: ${id}
          MSPDir: crypto/ordererOrganizations/${ordererDomain(organisation)}/msp
          OrdererEndpoints: ['${host}:${port}']
          Policies:
            Readers: { Type: Signature, Rule: "OR('${id}.member')" }
            Writers: { Type: Signature, Rule: "OR('${id}.member')" }
            Admins: { Type: Signature, Rule: "OR('${id}.admin')" }
            Sealers: { Type: Signature, Rule: "OR('${id}.orderer')" }
`
}

/** @param {import('./topology.mjs').Organisation} organisation @param {Address} address */
function peerOrganisation(organisation, { host, port }) {
  const id = organisation.mspId
  return `        - Name: ${id}
          ID: ${id}
          MSPDir: crypto/peerOrganizations/${peerDomain(organisation)}/msp
          AnchorPeers: [{ Host: ${host}, Port: ${port} }]
          Policies:
            Readers: { Type: Signature, Rule: "OR('${id}.admin', '${id}.peer', '${id}.client')" }
            Writers: { Type: Signature, Rule: "OR('${id}.admin', '${id}.client')" }
            Admins: { Type: Signature, Rule: "OR('${id}.admin')" }
            Endorsement: { Type: Signature, Rule: "OR('${id}.peer')" }
`
}
