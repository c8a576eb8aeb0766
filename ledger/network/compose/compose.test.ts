import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { parse } from 'yaml'
import { chaincodeHost, ordererHost, organisations, peerHost } from '../topology.mjs'
import { rendered } from './render.mjs'

interface Service {
  readonly image?: string
  readonly profiles?: readonly string[]
  readonly command?: readonly string[]
  readonly working_dir?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly required?: boolean }>>
}

const root = new URL('../../../', import.meta.url)
const { services, volumes } = parse(readFileSync(new URL('docker-compose.yml', root), 'utf8'), { merge: true }) as { services: Readonly<Record<string, Service>>; volumes: Readonly<Record<string, null>> }
const always = ['mongo', 'api', 'web']
const service = (name: string): Service => services[name]!

describe('the profile fabric of docker-compose.yml', () => {
  it('has the topology of fabric:up, and starts nothing of it without the profile', () => {
    const nodes = organisations.flatMap((organisation) => [ordererHost(organisation), peerHost(organisation), chaincodeHost(organisation)])
    expect(Object.keys(services)).to.have.members([...always, ...nodes, 'fabric-material', 'fabric-prepare', 'fabric-channel'])
    for (const [name, { profiles }] of Object.entries(services)) expect(profiles ?? [], name).to.deep.equal(always.includes(name) ? [] : ['fabric'])
  })

  it('makes its channel of the same configuration', () => {
    for (const [name, text] of Object.entries(rendered)) expect(readFileSync(new URL(name, import.meta.url), 'utf8'), `${name}: node ledger/network/compose/render.mjs`).to.equal(text)
  })

  it('gives every node its own MSP, folder and data, and the address that the channel names', () => {
    for (const [index, organisation] of organisations.entries()) {
      const peer = service(peerHost(organisation)), orderer = service(ordererHost(organisation))
      expect(peer.environment).to.include({
        CORE_PEER_LOCALMSPID: organisation.mspId, CORE_PEER_ID: peerHost(organisation), CORE_PEER_ADDRESS: `${peerHost(organisation)}:7051`, CORE_PEER_GOSSIP_EXTERNALENDPOINT: `${peerHost(organisation)}:7051`,
        FABRIC_CFG_PATH: `/fabric/nodes/peer.${organisation.key}`, CORE_PEER_TLS_ENABLED: 'true',
      })
      expect(orderer.environment).to.include({ ORDERER_GENERAL_LOCALMSPID: organisation.ordererMspId, FABRIC_CFG_PATH: `/fabric/nodes/orderer.${index + 1}`, ORDERER_GENERAL_TLS_ENABLED: 'true', ORDERER_ADMIN_TLS_ENABLED: 'true' })
      for (const node of [peer, orderer]) expect(node.working_dir).to.equal(node.environment?.['FABRIC_CFG_PATH'])
      expect(peer.volumes).to.include(`peer-${organisation.key}:/data`)
      expect(orderer.volumes).to.include(`orderer-${organisation.key}:/data`)
      expect(service(chaincodeHost(organisation)).command?.at(-1)).to.equal(organisation.key)
    }
  })

  it('names only files, volumes and services that there are', () => {
    for (const [name, { volumes: mounts = [], command = [], depends_on: before = {} }] of Object.entries(services)) {
      for (const [source = ''] of mounts.map((mount) => mount.split(':'))) expect(source.startsWith('.') ? existsSync(fileURLToPath(new URL(source, root))) : source in volumes, `${name}: ${source}`).to.equal(true)
      for (const file of command.filter((word) => /\.(sh|mjs)$/.test(word))) expect(existsSync(fileURLToPath(new URL(file.replace(/^\/network\//, 'ledger/network/'), root))), `${name}: ${file}`).to.equal(true)
      for (const [other, { required }] of Object.entries(before)) {
        expect(services, name).to.have.property(other)
        // What only a profile starts must not be needed by what always runs.
        if (always.includes(name) && !always.includes(other)) expect(required, `${name} → ${other}`).to.equal(false)
      }
    }
  })
})
