import { ProblemError, type CommandOutcome, type SigningRequest } from '@yidan/api/contract'
import type { ActionName, ArgsOf, Command, SignedCommand } from '@yidan/ledger'
import { signCommand } from '@yidan/ledger/signing'
import type { z } from 'zod'
import { call } from '../api.ts'
import { usePending } from '../pending.ts'
import { useSession } from '../session.ts'
import { commandFor, type ActOn } from './command.ts'
import { useOwnKey } from './own-key.ts'

interface Act<N extends ActionName> { readonly action: N; readonly on: ActOn; readonly args: ArgsOf<N>; readonly at?: string; readonly hours?: number }

/** The very command that the browser's key would sign, to be read before it is signed. The key must be `ready` (`<KeyGuide>` sees to that). */
export function prepareAct<N extends ActionName>(act: Act<N>): Command {
  const { signer, party } = own()
  return commandFor({ ...act, party, keyId: signer.keyId })
}

/** Signs these bytes and no others, and sends them. @throws ProblemError with the refusal */
export async function signPrepared(command: Command): Promise<CommandOutcome> {
  return notePending(await send(await signCommand(command, own().signer)), command)
}

/** Both at once, where the reader has seen beforehand what it is. @throws ProblemError with the refusal */
export async function signAct<N extends ActionName>(act: Act<N>): Promise<CommandOutcome> {
  return signPrepared(prepareAct(act))
}

/** Signs along what a colleague or another party started. */
export async function signAlong({ command }: Pick<z.infer<typeof SigningRequest>, 'command'>): Promise<CommandOutcome> {
  const { signatures: [signature] } = await signCommand(command, own().signer)
  if (!signature) throw new Error('the key gave no signature')
  return notePending(await call('addSignature', { params: { commandId: command.commandId }, body: signature }), command)
}

/** What the ledger's network could not take yet is followed from anywhere in the screens. */
function notePending(outcome: CommandOutcome, { action }: Command): CommandOutcome {
  if (outcome.outcome === 'pending') usePending().note({ ...outcome, action })
  return outcome
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
