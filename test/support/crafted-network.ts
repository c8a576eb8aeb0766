import { common, ledger as ledgerProtos, msp, peer } from '@hyperledger/fabric-protos'
import * as x509 from '@peculiar/x509'
import { canonicalJson, type BillId, type PartyId, type Subject } from '@yidan/ledger'
import type { FabricProof, Ledger, LedgerRecord } from '@yidan/ledger/port'
import timestamps from 'google-protobuf/google/protobuf/timestamp_pb.js'
import { createHash, createPrivateKey, randomBytes, sign, webcrypto, type KeyObject } from 'node:crypto'
import { parseBlock } from '../../ledger/fabric/blocks.ts'
import { proofOf } from '../../ledger/fabric/proof-of.ts'

/**
 * A Fabric network on paper: authorities, peers, orderers, and blocks that hold what a real ledger recorded, byte for byte in the form
 * that Fabric gives them. For proofs that must be wrong in one thing only; the same checks run on a real network's blocks too.
 */
export interface Machine {
  readonly organisation: string
  readonly certificate: string
  readonly key: KeyObject
}

export interface Authority {
  readonly organisation: string
  readonly root: string
  /** A machine of this organisation; `unit` is what its certificate lets it be. */
  machine(unit: 'peer' | 'orderer' | 'client', valid?: Valid): Promise<Machine>
}
export interface Valid { readonly from: Date; readonly to: Date }

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const year = 365 * 86_400_000
const always = (): Valid => ({ from: new Date(Date.now() - year), to: new Date(Date.now() + year) })

export async function anAuthority(organisation: string, valid: Valid = always()): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01', name: `CN=ca.${organisation}, O=${organisation}`, notBefore: valid.from, notAfter: valid.to, signingAlgorithm: algorithm, keys,
    extensions: [new x509.BasicConstraintsExtension(true, undefined, true), await x509.SubjectKeyIdentifierExtension.create(keys.publicKey)],
  })
  return {
    organisation, root: root.toString('pem'),
    async machine(unit, lives = always()) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: randomBytes(8).toString('hex').replace(/^[89a-f]/, '1'), subject: `CN=${unit}0.${organisation}, OU=${unit}, O=${organisation}`, issuer: root.subjectName, notBefore: lives.from, notAfter: lives.to, signingAlgorithm: algorithm, publicKey: own.publicKey, signingKey: keys.privateKey,
        extensions: [new x509.BasicConstraintsExtension(false, undefined, true), await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey)],
      })
      const key = createPrivateKey({ key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey)), format: 'der', type: 'pkcs8' })
      return { organisation, certificate: certificate.toString('pem'), key }
    },
  }
}

/** What is in an envelope, for whoever wants one with a single thing wrong. */
export interface EnvelopeGiven {
  readonly channel: string
  readonly chaincode: string
  readonly input: readonly string[]
  readonly answer: Uint8Array
  readonly reads: readonly { readonly key: string; readonly block: number; readonly place: number }[]
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array }[]
  readonly at: Date
  readonly client: Machine
  readonly nonce: Uint8Array
  readonly endorsers: readonly Machine[]
}

export const compositeKey = (kind: string, attribute: string): string => `\u0000${kind}\u0000${attribute === '' ? '' : `${attribute}\u0000`}`
const serialized = ({ organisation, certificate }: Machine): Uint8Array => {
  const identity = new msp.SerializedIdentity()
  identity.setMspid(organisation)
  identity.setIdBytes(Buffer.from(certificate))
  return identity.serializeBinary()
}
const sha256 = (...parts: readonly Uint8Array[]): Buffer => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
export const txIdOf = ({ nonce, client }: Pick<EnvelopeGiven, 'nonce' | 'client'>): string => sha256(nonce, serialized(client)).toString('hex')

/** @returns a common.Envelope as peers endorsed it and the client signed it */
export function anEnvelope({ channel, chaincode, input, answer, reads, writes, at, client, nonce, endorsers }: EnvelopeGiven): Uint8Array {
  const channelHeader = new common.ChannelHeader()
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION)
  channelHeader.setChannelId(channel)
  channelHeader.setTxId(txIdOf({ nonce, client }))
  const timestamp = new timestamps.Timestamp()
  timestamp.fromDate(at)
  channelHeader.setTimestamp(timestamp)
  const signatureHeader = new common.SignatureHeader()
  signatureHeader.setCreator(serialized(client))
  signatureHeader.setNonce(nonce)

  const chaincodeInput = new peer.ChaincodeInput(), spec = new peer.ChaincodeSpec(), invocation = new peer.ChaincodeInvocationSpec(), chaincodeId = new peer.ChaincodeID(), proposal = new peer.ChaincodeProposalPayload()
  chaincodeInput.setArgsList(input.map((text) => Buffer.from(text)))
  chaincodeId.setName(chaincode)
  spec.setChaincodeId(chaincodeId)
  spec.setInput(chaincodeInput)
  invocation.setChaincodeSpec(spec)
  proposal.setInput(invocation.serializeBinary())

  const { rwset } = ledgerProtos
  const own = new rwset.kvrwset.KVRWSet(), namespace = new rwset.NsReadWriteSet(), set = new rwset.TxReadWriteSet()
  own.setReadsList(reads.map(({ key, block, place }) => {
    const read = new rwset.kvrwset.KVRead(), version = new rwset.kvrwset.Version()
    version.setBlockNum(block)
    version.setTxNum(place)
    read.setKey(key)
    read.setVersion(version)
    return read
  }))
  own.setWritesList(writes.map(({ key, value }) => {
    const write = new rwset.kvrwset.KVWrite()
    write.setKey(key)
    write.setValue(value)
    return write
  }))
  namespace.setNamespace(chaincode)
  namespace.setRwset(own.serializeBinary())
  set.setNsRwsetList([namespace])

  const response = new peer.Response(), action = new peer.ChaincodeAction(), statement = new peer.ProposalResponsePayload()
  response.setStatus(200)
  response.setPayload(answer)
  action.setResults(set.serializeBinary())
  action.setResponse(response)
  action.setChaincodeId(chaincodeId)
  statement.setProposalHash(sha256(channelHeader.serializeBinary(), signatureHeader.serializeBinary(), proposal.serializeBinary()))
  statement.setExtension$(action.serializeBinary())
  const signed = statement.serializeBinary()

  const endorsed = new peer.ChaincodeEndorsedAction(), actionPayload = new peer.ChaincodeActionPayload(), transactionAction = new peer.TransactionAction(), transaction = new peer.Transaction()
  endorsed.setProposalResponsePayload(signed)
  endorsed.setEndorsementsList(endorsers.map((machine) => {
    const endorsement = new peer.Endorsement()
    endorsement.setEndorser(serialized(machine))
    endorsement.setSignature(sign('sha256', Buffer.concat([signed, serialized(machine)]), machine.key))
    return endorsement
  }))
  actionPayload.setChaincodeProposalPayload(proposal.serializeBinary())
  actionPayload.setAction(endorsed)
  transactionAction.setHeader(signatureHeader.serializeBinary())
  transactionAction.setPayload(actionPayload.serializeBinary())
  transaction.setActionsList([transactionAction])

  const header = new common.Header(), payload = new common.Payload(), envelope = new common.Envelope()
  header.setChannelHeader(channelHeader.serializeBinary())
  header.setSignatureHeader(signatureHeader.serializeBinary())
  payload.setHeader(header)
  payload.setData(transaction.serializeBinary())
  envelope.setPayload(payload.serializeBinary())
  envelope.setSignature(sign('sha256', payload.serializeBinary(), client.key))
  return envelope.serializeBinary()
}

export interface BlockGiven {
  readonly number: number
  readonly previousHash: Uint8Array
  readonly envelopes: readonly Uint8Array[]
  readonly orderers: readonly Machine[]
}

/** @returns a common.Block as a peer keeps it, all its transactions valid */
export function aBlock({ number, previousHash, envelopes, orderers }: BlockGiven): Uint8Array {
  const header = new common.BlockHeader(), data = new common.BlockData(), metadata = new common.BlockMetadata(), signatures = new common.Metadata(), block = new common.Block()
  header.setNumber(number)
  header.setPreviousHash(previousHash)
  header.setDataHash(sha256(...envelopes))
  data.setDataList([...envelopes])
  signatures.setValue(randomBytes(12))
  const headerBytes = headerDer(header)
  signatures.setSignaturesList(orderers.map((machine) => {
    const signatureHeader = new common.SignatureHeader(), signature = new common.MetadataSignature()
    signatureHeader.setCreator(serialized(machine))
    signatureHeader.setNonce(randomBytes(24))
    signature.setSignatureHeader(signatureHeader.serializeBinary())
    signature.setSignature(sign('sha256', Buffer.concat([signatures.getValue_asU8(), signatureHeader.serializeBinary(), headerBytes]), machine.key))
    return signature
  }))
  metadata.setMetadataList([signatures.serializeBinary(), new Uint8Array(), new Uint8Array(envelopes.length), new Uint8Array()])
  block.setHeader(header)
  block.setData(data)
  block.setMetadata(metadata)
  return block.serializeBinary()
}

/** The three fields in DER, written once more so that an error in the reader does not cancel out. */
function headerDer(header: common.BlockHeader): Buffer {
  const number = header.getNumber(), bytes: number[] = []
  for (let rest = number; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  if ((bytes[0] ?? 0) > 127) bytes.unshift(0)
  const octets = (value: Uint8Array): number[] => [4, value.length, ...value]
  const content = [2, bytes.length, ...bytes, ...octets(header.getPreviousHash_asU8()), ...octets(header.getDataHash_asU8())]
  return Buffer.from([48, content.length, ...content])
}

export const headerHash = (block: Uint8Array): Buffer => sha256(headerDer(common.Block.deserializeBinary(block).getHeader() ?? new common.BlockHeader()))

/** Whoever signs on the network. */
export interface Network {
  readonly authorities: readonly Authority[]
  readonly peers: readonly Machine[]
  readonly orderer: Machine
  readonly client: Machine
  readonly roots: Readonly<Record<string, string>>
}

export async function aNetwork(valid?: Valid): Promise<Network> {
  const authorities = await Promise.all(['PortMSP', 'AssociationMSP', 'BankMSP', 'OrdererMSP'].map((id) => anAuthority(id, valid)))
  const [port, association, bank, orderers] = authorities as [Authority, Authority, Authority, Authority]
  return {
    authorities, peers: await Promise.all([port, association, bank].map((authority) => authority.machine('peer'))), orderer: await orderers.machine('orderer'), client: await port.machine('client'),
    roots: Object.fromEntries(authorities.map(({ organisation, root }) => [organisation, root])),
  }
}

/** What is to be wrong. `change` gets what is about to be signed, so that everything else still fits. */
export interface Wrong {
  readonly envelope?: (given: EnvelopeGiven) => EnvelopeGiven
  readonly block?: (given: BlockGiven) => BlockGiven
  /** Of the statements that are endorsed and never ordered. */
  readonly statement?: (given: EnvelopeGiven) => EnvelopeGiven
}

const channel = 'titles', chaincode = 'title'

/** The proof that this network would give for a stream of a ledger, had it kept it. */
export async function craftedProof({ ledger, subject, network, wrong = {} }: { ledger: Ledger; subject: Subject; network: Network; wrong?: Wrong }): Promise<FabricProof> {
  const { peers, orderer, client } = network
  const endorsers = peers.slice(0, 2)
  const blocks: Uint8Array[] = [aBlock({ number: 0, previousHash: new Uint8Array(32), envelopes: [], orderers: [orderer] })]
  const places = new Map<string, { block: number; place: number }>(), streams = new Map<Subject, (readonly [string, string])[]>()
  const records = await recordsOf(ledger)
  for (let next = 0; next < records.length; next += 2) {
    const number = blocks.length
    // Two transactions a block, one command each.
    const given = records.slice(next, next + 2).map((record, place): EnvelopeGiven => {
      const nonce = randomBytes(24), txId = txIdOf({ nonce, client })
      places.set(txId, { block: number, place })
      for (const { subject: touched } of record.entries) streams.set(touched, [...(streams.get(touched) ?? []), [record.commandId, txId]])
      const value = Buffer.from(canonicalJson({ records: [{ commandId: record.commandId, entries: record.entries }], recordedAt: record.recordedAt }))
      return { channel, chaincode, input: ['submit', canonicalJson([record.entries[0]?.signed])], answer: Buffer.from('[{"recorded":0}]'), reads: [], writes: [{ key: compositeKey('record', txId), value }], at: new Date(record.recordedAt), client, nonce, endorsers }
    })
    const envelopes = given.map((one) => anEnvelope(wrong.envelope?.(one) ?? one))
    const block: BlockGiven = { number, previousHash: headerHash(blocks.at(-1) as Uint8Array), envelopes, orderers: [orderer] }
    blocks.push(aBlock(wrong.block?.(block) ?? block))
  }
  const state = async (one: Subject): Promise<unknown> => {
    const head = one.startsWith('b') ? { title: await ledger.read(one as BillId), endorsers: [] } : { party: await ledger.party(one as PartyId) }
    return { ...head, stream: streams.get(one) ?? [] }
  }
  const registrar = await founder(ledger)
  const proof = await proofOf({
    network: ledger.network, channel, chaincode, registrar: ledger.registrar, history: (one) => ledger.history(one), key: (keyId) => ledger.key(keyId),
    places: async (one) => (streams.get(one) ?? []).map(([, txId]) => txId),
    blockOf: async (txId) => blocks.find((block) => parseBlock(block).transactions.some((transaction) => transaction.txId === txId)) ?? new Uint8Array(),
    async attest(name, argument) {
      const answer = name === 'read' ? await state(argument as Subject) : { network: ledger.network, registrar, organisations: [], recovery: { organisations: [], quorum: 2 } }
      const last = places.get((streams.get(argument as Subject) ?? []).at(-1)?.[1] ?? '')
      const given: EnvelopeGiven = {
        channel, chaincode, input: argument === undefined ? [name] : [name, canonicalJson(argument)], answer: Buffer.from(canonicalJson(answer)), writes: [], at: new Date(), client, nonce: randomBytes(24), endorsers,
        reads: last && argument ? [{ key: compositeKey(argument.startsWith('b') ? 'bill' : 'party', argument), ...last }] : [],
      }
      return anEnvelope(wrong.statement?.(given) ?? given)
    },
  }, subject)
  if (!proof) throw new Error('there is no such stream')
  return proof
}

/** Everything that the ledger recorded, in its order. */
async function recordsOf(ledger: Ledger): Promise<readonly LedgerRecord[]> {
  const { position } = await ledger.health(), records: LedgerRecord[] = [], stop = new AbortController()
  for await (const record of ledger.follow(0, stop.signal)) {
    records.push(record)
    if (record.position >= position) break
  }
  stop.abort()
  return records
}

async function founder(ledger: Ledger): Promise<{ partyId: PartyId; person: string; publicKey: string }> {
  const [first] = Object.values((await ledger.party(ledger.registrar))?.keys ?? {})
  if (!first) throw new Error('the registrar has no key')
  return { partyId: ledger.registrar, person: first.person, publicKey: first.publicKey }
}

/** Turns one bit of something in base64. */
export function flipped(base64: string, at = 0.5): string {
  const bytes = Buffer.from(base64, 'base64'), index = Math.floor(bytes.length * at)
  bytes[index] = (bytes[index] ?? 0) ^ 1
  return bytes.toString('base64')
}
