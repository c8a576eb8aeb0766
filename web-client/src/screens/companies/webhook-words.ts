import { knows, say } from '../../i18n/index.ts'

/** Why an endpoint did not take what it was sent. */
export function faultWord(fault: string | null): string {
  if (fault === null) return ''
  const status = /^status-(\d+)$/.exec(fault)?.[1]
  if (status !== undefined) return say('webhooks.fault.status', { status })
  return knows(`webhooks.fault.${fault}`) ? say(`webhooks.fault.${fault}`) : fault
}
