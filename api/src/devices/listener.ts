import { connect, type MqttClient } from 'mqtt'
import type { MqttSettings, Ports } from '../ports.ts'
import { outcomes, type Counts, type Outcome } from './intake.ts'
import type { DeviceStore } from './store.ts'

/** Listens to the broker while the duty is this process's. */
export interface DeviceListener {
  start(): void
  stop(): Promise<void>
  health(): { readonly ok: boolean; readonly detail: string }
  /** Readings since this process began, by what became of them. */
  counts(): Counts
}

const lookEvery = 2_000
const tryAgain = [200, 1_000, 5_000] as const

/**
 * One process listens for all, under one client id and a session that the broker keeps: what was not acknowledged comes again to whoever
 * listens next. A message is acknowledged (QoS 1) only after `take` has it written; one that comes twice is the same event twice, which
 * changes nothing.
 */
export function openDeviceListener({ settings, duty, log, take }: { readonly settings: MqttSettings; readonly duty: DeviceStore['duty']; readonly log: Ports['log']; readonly take: (deviceId: string, payload: Buffer) => Promise<Counts> }): DeviceListener {
  const sums: Record<Outcome, number> = { taken: 0, known: 0, 'put-aside': 0, idle: 0, malformed: 0, 'not-bound': 0, refused: 0 }
  const place = settings.topic.split('/').indexOf('+')
  let client: MqttClient | null = null
  let timer: NodeJS.Timeout | null = null
  let looking: Promise<void> = Promise.resolve()
  let stopped = false
  let fault = ''

  async function look(): Promise<void> {
    const isMine = await duty.hold().catch((error: unknown) => {
      log.warn({ err: error }, 'the duty of listening to devices cannot be asked for')
      return client !== null
    })
    if (isMine && client === null && !stopped) client = listen()
    if (!isMine && client !== null) await leave()
  }

  function listen(): MqttClient {
    const { url, username, password, ca, clientId, topic } = settings
    const opened = connect(url, { clientId, clean: false, protocolVersion: 4, keepalive: 30, reconnectPeriod: 1_000, connectTimeout: 10_000, resubscribe: false, ...(username === null ? {} : { username }), ...(password === null ? {} : { password }), ...(ca === null ? {} : { ca }) })
    let connection = 0
    opened.on('connect', () => {
      connection += 1
      fault = 'not subscribed yet'
      opened.subscribe(topic, { qos: 1 }, (error, granted) => {
        const isRefused = granted?.some(({ qos }) => qos > 2) ?? false
        fault = error ? error.message : isRefused ? `the broker does not let ${clientId} listen to ${topic}` : ''
        if (fault !== '') log.warn({ topic, fault }, 'cannot listen to devices')
      })
    })
    opened.on('error', (error) => {
      fault = error.message
      log.warn({ fault }, 'the MQTT broker')
    })
    opened.on('close', () => {
      fault ||= 'not connected'
    })
    // The acknowledgement goes out when this calls back; the next message is looked at only then. What waits for a connection that is gone
    // comes again on the next one: its old number must not be acknowledged there.
    opened.handleMessage = (packet, acknowledge) => {
      const came = connection
      void takeUntilSafe(packet.topic, Buffer.from(packet.payload)).then((isSafe) => {
        if (isSafe && came === connection) acknowledge()
      })
    }
    return opened
  }

  /** @returns false when this process stops before it could be written */
  async function takeUntilSafe(topic: string, payload: Buffer): Promise<boolean> {
    for (let round = 0; !stopped; round += 1) {
      try {
        const counts = await take(topic.split('/')[place] ?? '', payload)
        for (const outcome of outcomes) sums[outcome] += counts[outcome]
        return true
      } catch (error) {
        log.warn({ err: error, topic }, 'a device message waits')
        await new Promise((resolve) => setTimeout(resolve, tryAgain[Math.min(round, tryAgain.length - 1)]))
      }
    }
    return false
  }

  async function leave(): Promise<void> {
    const left = client
    client = null
    fault = ''
    await left?.endAsync(true)
  }

  return {
    start() {
      looking = look()
      timer = setInterval(() => { looking = looking.then(look) }, lookEvery)
    },
    async stop() {
      stopped = true
      if (timer) clearInterval(timer)
      await looking
      await leave()
      await duty.release()
    },
    health: () => (client === null ? { ok: true, detail: 'another process listens' } : { ok: client.connected && fault === '', detail: client.connected && fault === '' ? `listening to ${settings.topic}` : fault || 'connecting' }),
    counts: () => ({ ...sums }),
  }
}
