import { ensure } from '../access/abilities.ts'
import { companyOf } from '../access/caller.ts'
import type { HandlersFor } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { openJudge } from '../tracking/index.ts'
import { takeEventFile } from './event-files.ts'

/** Events from other firms' systems, as files. */
export function intakeHandlers(ports: Ports): HandlersFor<'sendEventFile'> {
  const judge = openJudge(ports)
  return {
    async sendEventFile({ caller, language, file, fields: { timeZone }, concerns }) {
      ensure(caller, 'send-events')
      const sender = companyOf(caller)
      if (sender === null) throw new Problem('not-signed-in')
      const report = await takeEventFile({ ports, judge, sender: sender.partyId, file, timeZone, language })
      concerns(`${report.format}: ${report.lines.length} events`)
      return report
    },
  }
}
