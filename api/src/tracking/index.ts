import { ensure } from '../access/abilities.ts'
import { companyOf } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Directory } from '../parties/directory.ts'
import type { Ports } from '../ports.ts'
import { takeIn } from './commands.ts'
import { openJudge } from './put-aside.ts'
import { billTracking, containerView, listContainers, type Asking } from './container-views.ts'
import { trainView } from './train-view.ts'
import { openTrackingReader } from './view.ts'

export { trackingProjections } from './projection.ts'
export { billTracking, cargoThing, containerView, parseContainer } from './container-views.ts'
export { trainView } from './train-view.ts'
export { contradictionText, entryOf } from './commands.ts'
export { openJudge, putAsideShelf } from './put-aside.ts'

/** Taking events in, and following boxes, bills and trains. */
export function trackingHandlers(ports: Ports, directory: Directory): HandlersFor<'sendEvents' | 'containers' | 'container' | 'billTracking' | 'train'> {
  const reader = openTrackingReader(ports)
  const judge = openJudge(ports)
  const asking = ({ caller, language }: Pick<Asking, 'caller' | 'language'>): Asking => ({ ports, directory, reader, caller, language })
  return {
    async sendEvents({ caller, language, body, concerns }) {
      ensure(caller, 'send-events')
      const sender = companyOf(caller)
      if (sender === null) throw new Problem('not-signed-in')
      const items = Array.isArray(body) ? body : [body]
      const report = await takeIn({ eventLog: ports.eventLog, sender: sender.partyId, items, now: ports.clock(), language, judge })
      concerns(`${items.length} events`)
      return report
    },
    async containers({ query, ...call }) {
      ensure(call.caller, 'follow-container')
      return listContainers(asking(call), query)
    },
    container: async ({ params, ...call }) => containerView(asking(call), params.container),
    billTracking: async ({ params, ...call }) => billTracking(asking(call), params.billNumber),
    train: async ({ params, query, ...call }) => trainView(asking(call), { ...params, ...query }),
  }
}
