import { once } from 'node:events'
import type { Server } from 'node:http'
import express, { type Express } from 'express'
import { AuditLog } from './access/audit.ts'
import { billHandlers, billProjections, finishErasures, keyCommandKeeper, openNotices, type NoticeDesk } from './bills/index.ts'
import { demoAdministratorOf, seedDemo } from './demo/index.ts'
import { openDevices, type Devices } from './devices/index.ts'
import { exceptionHandlers, exceptionProjections, openExceptions, type ExceptionWatcher } from './exceptions/index.ts'
import { addLedgerGauges } from './health/ledger-gauges.ts'
import { openMetrics } from './health/metrics.ts'
import { healthRoutes } from './health/routes.ts'
import { authenticate, identify, setSession } from './http/authenticate.ts'
import { serverFor } from './http/express-server.ts'
import type { Handlers } from './http/handlers.ts'
import { openIdempotency } from './http/idempotency.ts'
import { mountRoutes, problemHandler, type Gates } from './http/mount.ts'
import { Problem } from './http/problem.ts'
import { openRateLimits } from './http/rate-limits.ts'
import { compressed, named, plainSettings, requestLog, securityHeaders, webClient } from './http/web.ts'
import { intakeHandlers } from './intake/index.ts'
import { openHub, type Hub } from './live/hub.ts'
import { openMachines, type Machines } from './machines/index.ts'
import { openExceptionNotices, type NoticeWriter } from './notices/index.ts'
import { callerBehind, finishAllRegistrations, inviteFirstOperator, keyUseProjection, openParties, peopleHandlers, takeInRegistrar, type Parties } from './parties/index.ts'
import type { Ports } from './ports.ts'
import { openPositions, positionHandlers, positionProjections } from './positions/index.ts'
import { openShares } from './shares/index.ts'
import { systemHandlers } from './system/index.ts'
import { trackingHandlers, trackingProjections } from './tracking/index.ts'
import { trainHandlers, trainProjections } from './trains/index.ts'
import { gateHandlers } from './yard/index.ts'

/** The whole application on a server that does not listen yet. */
export interface App {
  readonly express: Express
  readonly server: Server
  readonly parties: Parties
  readonly hub: Hub
  /** Mails that follow from acts on the ledger. */
  readonly notices: NoticeDesk
  /** Finds what is wrong on the way. */
  readonly exceptions: ExceptionWatcher
  /** Tells people of it. */
  readonly exceptionNotices: NoticeWriter
  /** Takes no new request, lets the open ones end, writes what is still to be written. The ports stay open: who opened them closes them. */
  close(): Promise<void>
}

/** Composes all concepts over the ports. `checkAnswers` holds every answer to the contract; tests set it. */
export async function createApp(ports: Ports, { checkAnswers = false }: { readonly checkAnswers?: boolean } = {}): Promise<App> {
  const { feed, settings } = ports
  const audit = await AuditLog.open(ports)
  const parties = await openParties(ports)
  const { directory, sessions } = parties
  for (const projection of [...billProjections(ports, directory), ...trackingProjections(ports), ...exceptionProjections(ports), ...positionProjections(ports), ...trainProjections(ports), keyUseProjection(ports.database)]) feed.register(projection)

  const behind = callerBehind(parties.store, sessions, ports.clock)
  const machines = await openMachines(ports, directory, { callerBehind: behind, audit })
  const exceptionNotices = await openExceptionNotices(ports, directory, behind)
  const shares = await openShares(ports, directory, { callerBehind: behind, isSession: (sessionId) => sessions.isOpen(sessionId), sessionUntil: (sessionId) => sessions.expiresAt(sessionId) })
  const devices = await openDevices(ports)
  const handlers: Handlers = {
    ...peopleHandlers(ports, parties, { audit, keepForSignature: keyCommandKeeper(ports, directory), demoAdministratorOf: ({ partyId }) => demoAdministratorOf(ports, partyId), beforeSignOut: (sessionId) => shares.outliveSession(sessionId) }),
    ...billHandlers(ports, directory),
    ...trackingHandlers(ports, directory),
    ...intakeHandlers(ports),
    ...devices.handlers,
    ...exceptionHandlers(ports, directory),
    ...exceptionNotices.handlers,
    ...positionHandlers(ports),
    ...trainHandlers(ports, directory),
    ...gateHandlers(ports, directory),
    ...machines.handlers,
    ...shares.handlers,
    ...systemHandlers(ports),
  }
  const gates: Gates = {
    audit, checkAnswers, idempotency: await openIdempotency(ports), rateLimits: openRateLimits(ports), setSession: setSession(settings), publicOrigin: new URL(settings.publicUrl).origin,
  }
  const app = expressWith(ports, parties, handlers, gates, { machines, devices })
  const server = serverFor(app)

  const notices = await openNotices(ports, directory)
  feed.onApplied((entries) => notices.note(entries))
  const exceptions = await openExceptions(ports)
  feed.onApplied((entries) => exceptions.note(entries))
  feed.onApplied((entries) => exceptionNotices.writer.note(entries))
  const positions = openPositions(ports)
  feed.onApplied((entries) => positions.note(entries))
  feed.onApplied((entries) => shares.note(entries))
  await feed.start()
  const hub = openHub({
    httpServer: server, ports,
    authenticate: async (headers, address) => (await identify(sessions, { authorization: headers.authorization, cookie: headers.cookie, address })).caller,
    admit: (token) => shares.admit(token),
  })
  const stopCutting = [sessions.onRevoked((revoked) => hub.cut(revoked)), sessions.onRevoked((revoked) => shares.noteRevoked(revoked)), shares.onEnded((shareId) => hub.cut({ type: 'share', shareId }))]
  await finishAllRegistrations(ports, parties.store)
  await takeInRegistrar(ports, parties.store)
  await finishErasures(ports)
  await notices.start()
  machines.engine.start()
  devices.listener?.start()
  void exceptions.start()
  void exceptionNotices.writer.start()
  if (settings.demo) await seedDemo(ports, parties)
  else await inviteFirstOperator(ports, parties.store)

  return {
    express: app, server, parties, hub, notices, exceptions, exceptionNotices: exceptionNotices.writer,
    async close() {
      for (const stop of stopCutting) stop()
      await hub.close()
      await machines.engine.stop()
      await devices.listener?.stop()
      await closeServer(server)
      await exceptions.stop()
      await exceptionNotices.writer.stop()
      await positions.stop()
      await feed.stop()
      await notices.stop()
      await shares.settled()
      await audit.close()
    },
  }
}

/** What a request passes, in order. */
function expressWith(ports: Ports, { sessions }: Parties, handlers: Handlers, gates: Gates, { machines, devices }: { readonly machines: Machines; readonly devices: Devices }): Express {
  const metrics = openMetrics()
  addLedgerGauges(metrics.registry, ports.ledger)
  devices.addTo(metrics.registry)
  const app = express()
  plainSettings(app, ports.settings)
  app.use(metrics.timeRequests, named(ports), requestLog(ports.log), ...securityHeaders(ports.settings), compressed)
  app.use(healthRoutes({ ports, metrics, devices: devices.listener }))
  app.use('/api/v1', authenticate(sessions), mountRoutes(handlers, gates))
  app.use(machines.routes(sessions))
  app.use(webClient(ports.settings.webRoot))
  app.use(() => {
    throw new Problem('not-found')
  })
  app.use(problemHandler(ports.log))
  return app
}

/** No new connection; idle ones go at once, busy ones when they have answered. */
async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeIdleConnections()
  const impatience = setTimeout(() => server.closeAllConnections(), 5_000)
  await closed
  clearTimeout(impatience)
}
