import { gateway } from '@hyperledger/fabric-protos'
import { canonicalJson, type PartyId } from '../domain/index.ts'
import { LedgerUnavailable } from '../port.ts'
import type { TitleContract } from './contract.ts'
import type { Gateways } from './gateways.ts'
import type { ProofSource } from './proof-of.ts'

interface Given {
  readonly gateways: Gateways
  readonly contract: TitleContract
  readonly network: string
  readonly channel: string
  readonly chaincode: string
  readonly registrar: PartyId
}

/** Takes a proof from the network's own peers. Its methods throw the gateway's errors. */
export function proofSource({ gateways, contract, network, channel, chaincode, registrar }: Given): ProofSource {
  return {
    network, channel, chaincode, registrar,
    history: (subject) => contract.history(subject),
    key: (keyId) => contract.key(keyId),
    async places(subject) {
      const head = (await contract.read(subject)) as { readonly stream?: readonly (readonly [string, string])[] } | null
      return head?.stream?.map(([, txId]) => txId) ?? []
    },
    blockOf: (txId) => gateways.through('evaluate', (link) => link.network.getContract('qscc').evaluateTransaction('GetBlockByTxID', channel, txId)),
    async attest(name, argument) {
      const transaction = await gateways.through('endorse', (link) => link.network.getContract(chaincode).newProposal(name, { arguments: argument === undefined ? [] : [canonicalJson(argument)] }).endorse())
      const envelope = gateway.PreparedTransaction.deserializeBinary(transaction.getBytes()).getEnvelope()
      if (!envelope) throw new LedgerUnavailable('the peers signed no answer')
      return envelope.serializeBinary()
    },
  }
}
