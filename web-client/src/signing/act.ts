import { ProblemError, type CommandOutcome, type SigningRequest } from '@yidan/api/contract'
import type { ActionName, ArgsOf, SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import type { z } from 'zod'
import { call } from '../api.ts'
import { useSession } from '../session.ts'
import { commandFor, type ActOn } from './command.ts'
import { useOwnKey } from './own-key.ts'

/** Signs one act with the browser's key and sends it. The key must be `ready` (`<KeyGuide>` sees to that). @throws ProblemError with the refusal */
export async function signAct<N extends ActionName>(act: { readonly action: N; readonly on: ActOn; readonly args: ArgsOf<N>; readonly at?: string; readonly hours?: number }): Promise<CommandOutcome> {
  const { signer, party } = own()
  return send(await signCommand(commandFor({ ...act, party, keyId: signer.keyId }), signer))
}

/** Signs along what a colleague or another party started. */
export async function signAlong({ command }: Pick<z.infer<typeof SigningRequest>, 'command'>): Promise<CommandOutcome> {
  const { signatures: [signature] } = await signCommand(command, own().signer)
  if (!signature) throw new Error('the key gave no signature')
  return call('addSignature', { params: { commandId: command.commandId }, body: signature })
}

function own() {
  const { signer } = useOwnKey()
  const { company } = useSession()
  if (!signer || !company) throw new Error('there is no key to sign with')
  return { signer, party: company.partyId }
}

/** The same bytes go out again when the answer was lost on the way: harmless, the ledger knows the command by its id. */
async function send(signed: SignedCommand, triesLeft = 2): Promise<CommandOutcome> {
  try {
    return await call('command', { body: signed })
  } catch (error) {
    if (triesLeft === 0 || error instanceof ProblemError) throw error
    await new Promise((resolve) => { setTimeout(resolve, 1500) })
    return send(signed, triesLeft - 1)
  }
}
