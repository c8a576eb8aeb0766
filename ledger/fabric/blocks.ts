import { common, ledger, peer } from '@hyperledger/fabric-protos'

/** What a block says, as far as a ledger's reader needs it. Order is the block's own. */
export interface ParsedBlock {
  readonly number: number
  /** One for each envelope, so that the index is the transaction's place; configuration has no writes. */
  readonly transactions: readonly ParsedTransaction[]
}

export interface ParsedTransaction {
  readonly txId: string
  /** Validation code of the peer that gave the block: 0 is valid. Not signed by the orderer. */
  readonly code: number
  readonly writes: readonly BlockWrite[]
}

export interface BlockWrite {
  /** Name of the chaincode. */
  readonly namespace: string
  readonly key: string
  /** Empty where the key was deleted. */
  readonly value: Uint8Array
}

/** @param bytes of a common.Block. @throws Error when they are none */
export function parseBlock(bytes: Uint8Array): ParsedBlock {
  return readBlock(common.Block.deserializeBinary(bytes))
}

export function readBlock(block: common.Block): ParsedBlock {
  const header = block.getHeader()
  if (!header) throw new Error('a block without a header')
  const filter = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array()
  const envelopes = block.getData()?.getDataList_asU8() ?? []
  return { number: header.getNumber(), transactions: envelopes.map((envelope, place) => transactionIn(envelope, filter[place] ?? peer.TxValidationCode.NOT_VALIDATED)) }
}

function transactionIn(envelope: Uint8Array, code: number): ParsedTransaction {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8())
  const header = common.ChannelHeader.deserializeBinary(payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array())
  const isEndorsed = header.getType() === common.HeaderType.ENDORSER_TRANSACTION
  return { txId: header.getTxId(), code, writes: isEndorsed ? writesIn(payload.getData_asU8()) : [] }
}

function writesIn(transaction: Uint8Array): readonly BlockWrite[] {
  return peer.Transaction.deserializeBinary(transaction).getActionsList().flatMap((action) => {
    const endorsed = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8()).getAction()
    if (!endorsed) return []
    const response = peer.ProposalResponsePayload.deserializeBinary(endorsed.getProposalResponsePayload_asU8())
    const results = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8()).getResults_asU8()
    return ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList().flatMap((set) =>
      ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8()).getWritesList().map((write) => ({ namespace: set.getNamespace(), key: write.getKey(), value: write.getValue_asU8() })))
  })
}
