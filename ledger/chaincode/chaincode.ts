import { Shim, type ChaincodeInterface, type ErrorResponse, type SuccessResponse } from 'fabric-shim'
import { canonicalJson } from '../domain/index.ts'
import { Fault } from './fault.ts'
import type { Stub } from './stub.ts'
import { titleContract, type ContractOptions } from './title-contract.ts'

const longestArgument = 4_000_000

/** What a peer calls: the name of a function and one JSON text in, one JSON text or `{"code":…,"detail":…}` out. */
export interface TitleChaincode extends ChaincodeInterface {
  Invoke(stub: Stub): Promise<SuccessResponse | ErrorResponse>
}

export function titleChaincode(options: ContractOptions): TitleChaincode {
  const functions = titleContract(options)
  const answer = async (stub: Stub): Promise<unknown> => {
    const [name = '', argument = 'null', ...more] = stub.getArgs()
    const call = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (call === undefined || more.length > 0 || argument.length > longestArgument) throw new Fault('malformed-call', { name: printable(name) })
    return call(stub, jsonOf(argument))
  }
  return {
    Init: () => Promise.resolve(Shim.success()),
    async Invoke(stub) {
      try {
        return Shim.success(Buffer.from(canonicalJson((await answer(stub)) ?? null), 'utf8'))
      } catch (error) {
        return Shim.error(error instanceof Fault ? error.message : new Fault('fault', { message: printable(error instanceof Error ? error.message : String(error)) }).message)
      }
    },
  }
}

function jsonOf(argument: string): unknown {
  try {
    return JSON.parse(argument)
  } catch {
    throw new Fault('malformed-call', { faults: ['no JSON'] })
  }
}

/** Cut, and with nothing in it that canonical JSON could not carry. */
function printable(text: string): string {
  return Buffer.from(text.slice(0, 300), 'utf8').toString('utf8')
}
