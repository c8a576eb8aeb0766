import { createHash } from 'node:crypto'
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos'

/** A block as a peer or a proof brings it: what it says, and what its signatures are over. Nothing is believed here; `proof.ts` checks. */
export interface ParsedBlock {
  readonly number: number
  /** SHA-256 of the header (ASN.1 DER of number, previous hash and data hash), hex: what the next block names, and the orderer signs. */
  readonly hash: string
  readonly previousHash: string
  /** Whether the header's data hash is that of the envelopes. */
  readonly holdsItsData: boolean
  /** One for each envelope, so that the index is the transaction's place; configuration has no writes. */
  readonly transactions: readonly ParsedTransaction[]
  /** The orderers' signatures over the header. */
  readonly orderers: readonly SignedStatement[]
}

export interface ParsedTransaction extends ParsedEnvelope {
  /** Validation code of the peer that gave the block: 0 is valid. Not signed by the orderer. */
  readonly code: number
}

export interface ParsedEnvelope {
  /** As the header says; `isNamedTruly` tells whether nonce and creator give it. */
  readonly txId: string
  readonly isNamedTruly: boolean
  readonly channel: string
  /** The client's own clock, RFC 3339 with milliseconds; nobody checks it. Null where there is none. */
  readonly at: string | null
  readonly creator: Identity | null
  /** The chaincode that ran and the arguments it was given, function first; null for configuration. */
  readonly call: { readonly chaincode: string; readonly input: readonly string[] } | null
  /** What the chaincode answered; empty for configuration. */
  readonly answer: Uint8Array
  readonly reads: readonly BlockRead[]
  readonly writes: readonly BlockWrite[]
  readonly event: { readonly name: string; readonly payload: Uint8Array } | null
  /** The peers' signatures over what they read, wrote and answered. */
  readonly endorsements: readonly SignedStatement[]
  /** Whether what was endorsed is the answer to this header and these arguments. */
  readonly answersItsProposal: boolean
}

export interface BlockWrite {
  /** Name of the chaincode. */
  readonly namespace: string
  readonly key: string
  /** Empty where the key was deleted. */
  readonly value: Uint8Array
}

export interface BlockRead {
  readonly namespace: string
  readonly key: string
  /** Where the value that was read had been written; null where there was none. */
  readonly version: { readonly block: number; readonly place: number } | null
}

/** Somebody on the network: the organisation it says it is of, and its certificate (PEM). */
export interface Identity {
  readonly organisation: string
  readonly certificate: string
}

/** A signature (ECDSA with SHA-256, DER) with the very bytes that it is over. */
export interface SignedStatement extends Identity {
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** @param bytes of a common.Block. @throws Error when they are none. One envelope that cannot be read does not spoil its block. */
export function parseBlock(bytes: Uint8Array): ParsedBlock {
  return readBlock(common.Block.deserializeBinary(bytes))
}

export function readBlock(block: common.Block): ParsedBlock {
  const header = block.getHeader()
  if (!header) throw new Error('a block without a header')
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? []
  const filter = metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array()
  const envelopes = block.getData()?.getDataList_asU8() ?? []
  const headerBytes = headerDer(header)
  return {
    number: header.getNumber(),
    hash: sha256(headerBytes),
    previousHash: hex(header.getPreviousHash_asU8()),
    holdsItsData: sha256(...envelopes) === hex(header.getDataHash_asU8()),
    transactions: envelopes.map((envelope, place) => ({ ...(readSafely(envelope) ?? unreadable), code: filter[place] ?? peer.TxValidationCode.NOT_VALIDATED })),
    orderers: ordererSignatures(metadata[common.BlockMetadataIndex.SIGNATURES] ?? new Uint8Array(), headerBytes),
  }
}

/** Any client may send bytes that orderers take and peers then call invalid. */
function readSafely(envelope: Uint8Array): ParsedEnvelope | null {
  try {
    return parseEnvelope(envelope)
  } catch {
    return null
  }
}

const unreadable: ParsedEnvelope = { txId: '', isNamedTruly: false, channel: '', at: null, creator: null, call: null, answer: new Uint8Array(), reads: [], writes: [], event: null, endorsements: [], answersItsProposal: false }

/** @param bytes of a common.Envelope. @throws Error when they are none */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(bytes).getPayload_asU8())
  const channelBytes = payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(), signatureBytes = payload.getHeader()?.getSignatureHeader_asU8() ?? new Uint8Array()
  const channel = common.ChannelHeader.deserializeBinary(channelBytes), signature = common.SignatureHeader.deserializeBinary(signatureBytes)
  const named = {
    txId: channel.getTxId(), isNamedTruly: sha256(signature.getNonce_asU8(), signature.getCreator_asU8()) === channel.getTxId(),
    channel: channel.getChannelId(), at: channel.getTimestamp()?.toDate().toISOString() ?? null, creator: identityIn(signature.getCreator_asU8()),
  }
  // One action a transaction: a peer takes no other.
  const [action] = channel.getType() === common.HeaderType.ENDORSER_TRANSACTION ? peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList() : []
  return { ...unreadable, ...named, ...(action ? actionIn(action.getPayload_asU8(), [channelBytes, signatureBytes]) : {}) }
}

type Acted = Pick<ParsedEnvelope, 'call' | 'answer' | 'reads' | 'writes' | 'event' | 'endorsements' | 'answersItsProposal'>

function actionIn(bytes: Uint8Array, headers: readonly Uint8Array[]): Acted {
  const payload = peer.ChaincodeActionPayload.deserializeBinary(bytes)
  const endorsed = payload.getAction()
  const statement = endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array()
  const response = peer.ProposalResponsePayload.deserializeBinary(statement)
  const action = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8())
  const proposal = payload.getChaincodeProposalPayload_asU8()
  const event = peer.ChaincodeEvent.deserializeBinary(action.getEvents_asU8())
  return {
    call: { chaincode: action.getChaincodeId()?.getName() ?? '', input: inputOf(proposal) },
    answer: action.getResponse()?.getPayload_asU8() ?? new Uint8Array(),
    ...readsAndWrites(action.getResults_asU8()),
    event: event.getEventName() === '' ? null : { name: event.getEventName(), payload: event.getPayload_asU8() },
    endorsements: (endorsed?.getEndorsementsList() ?? []).flatMap((endorsement) => {
      const identity = identityIn(endorsement.getEndorser_asU8())
      return identity ? [{ ...identity, signed: Buffer.concat([statement, endorsement.getEndorser_asU8()]), signature: endorsement.getSignature_asU8() }] : []
    }),
    answersItsProposal: sha256(...headers, proposal) === hex(response.getProposalHash_asU8()),
  }
}

function inputOf(proposal: Uint8Array): readonly string[] {
  const spec = peer.ChaincodeInvocationSpec.deserializeBinary(peer.ChaincodeProposalPayload.deserializeBinary(proposal).getInput_asU8())
  return spec.getChaincodeSpec()?.getInput()?.getArgsList_asU8().map((argument) => Buffer.from(argument).toString('utf8')) ?? []
}

function readsAndWrites(results: Uint8Array): Pick<Acted, 'reads' | 'writes'> {
  const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList().map((set) => ({ namespace: set.getNamespace(), set: ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()) }))
  return {
    reads: sets.flatMap(({ namespace, set }) => set.getReadsList().map((read) => {
      const version = read.getVersion()
      return { namespace, key: read.getKey(), version: version ? { block: version.getBlockNum(), place: version.getTxNum() } : null }
    })),
    writes: sets.flatMap(({ namespace, set }) => set.getWritesList().map((write) => ({ namespace, key: write.getKey(), value: write.getValue_asU8() }))),
  }
}

/** Each orderer signs value ‖ its signature header ‖ block header. */
function ordererSignatures(bytes: Uint8Array, headerBytes: Uint8Array): readonly SignedStatement[] {
  const metadata = common.Metadata.deserializeBinary(bytes)
  return metadata.getSignaturesList().flatMap((entry) => {
    const signer = entry.getSignatureHeader_asU8()
    const identity = identityIn(common.SignatureHeader.deserializeBinary(signer).getCreator_asU8())
    return identity ? [{ ...identity, signed: Buffer.concat([metadata.getValue_asU8(), signer, headerBytes]), signature: entry.getSignature_asU8() }] : []
  })
}

function identityIn(bytes: Uint8Array): Identity | null {
  if (bytes.length === 0) return null
  const identity = msp.SerializedIdentity.deserializeBinary(bytes)
  return { organisation: identity.getMspid(), certificate: Buffer.from(identity.getIdBytes_asU8()).toString('utf8') }
}

/** The one attribute of a composite key of this kind (U+0000 kind U+0000 attribute U+0000), or null. */
export function attributeOf(kind: string, key: string): string | null {
  const [before, found, attribute, after, ...more] = key.split('\u0000')
  return before === '' && found === kind && after === '' && more.length === 0 ? (attribute ?? null) : null
}

/** SEQUENCE { INTEGER number, OCTET STRING previous hash, OCTET STRING data hash } */
function headerDer(header: common.BlockHeader): Uint8Array {
  const digits = header.getNumber().toString(16)
  const number = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex')
  const positive = (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), number]) : number
  return der(0x30, Buffer.concat([der(0x02, positive), der(0x04, header.getPreviousHash_asU8()), der(0x04, header.getDataHash_asU8())]))
}

/** Short form of the length: a header has some eighty bytes. */
function der(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content])
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
