import { z } from 'zod'
import { route } from '../route.ts'
import { EventFileReport, TimeZone } from '../views/index.ts'

const MiB = 1024 * 1024

export const intakeRoutes = {
  sendEventFile: route({ method: 'post', path: '/event-files', tag: 'tracking', summary: 'Events from a file: a terminal’s list or a train list (CSV, XLSX), or an EDIFACT interchange with COARRI or CODECO. Good lines are taken, each bad one is told with its fault; the same file again changes nothing', ability: 'send-events',
    upload: { fields: z.object({ /** In which the file's times are, where they do not say it themselves. */ timeZone: TimeZone.default('Asia/Shanghai') }), maxBytes: 5 * MiB }, responses: { 200: EventFileReport } }),
}
