import type { Ledger } from '@yidan/ledger/port'
import type { Signer } from '@yidan/ledger/signing'
import type { Connection } from 'mongoose'
import type { Logger } from 'pino'
import type { Renderer, SealAuthority } from './documents/index.ts'
import type { EventLogPort, FeedPort } from './events/types.ts'
import type { Vault } from './vault/vault.ts'

/**
 * All that the application needs from outside, built once in `main.ts` and passed down. A test passes an embedded ledger in a
 * temporary folder, a database of its own and a clock it can turn.
 */
export interface Ports {
  readonly ledger: Ledger
  /** The registrar's key: registers parties and countersigns the first key of a company. */
  readonly registrar: Signer
  /** One database; stores open their models on it. */
  readonly database: Connection
  /** Data keys of the records that may have to be forgotten. */
  readonly vault: Vault
  readonly eventLog: EventLogPort
  readonly feed: FeedPort
  readonly seals: SealAuthority
  readonly renderer: Renderer
  readonly mail: Mail
  readonly clock: () => Date
  readonly log: Logger
  readonly settings: Settings
}

/** The part of the configuration that the application itself reads. */
export interface Settings {
  readonly version: string
  /** Where people reach this system; printed in QR codes and mails. */
  readonly publicUrl: string
  readonly demo: boolean
  readonly billPrefix: string
  readonly sessionDays: number
  /** Years for which a bill that is over is kept before it may be erased. */
  readonly retentionYears: number
  readonly secureCookies: boolean
  readonly trustProxy: boolean
  readonly rateLimits: boolean
  /** Folder of the built web client, or null to serve the API only. */
  readonly webRoot: string | null
  /** Bearer token of whoever reads /metrics; without one only this machine may. */
  readonly metricsToken: string | null
  /** The broker to which box devices send; absent: none is listened to. */
  readonly mqtt?: MqttSettings
  /** How events are pushed; what is left out is as usual (`machines/delivery/engine.ts`). */
  readonly delivery?: { readonly allowLoopback?: boolean; readonly firstRetryMs?: number; readonly giveUpAfter?: number; readonly timeoutMs?: number }
}

export interface MqttSettings {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  readonly url: string
  readonly username: string | null
  readonly password: string | null
  /** With one `+` where the device's name stands. */
  readonly topic: string
  /** The broker keeps what this client has not acknowledged. All API processes of one system have the same. */
  readonly clientId: string
  /** Certificates (PEM) that a TLS broker is checked against; null: those this machine trusts. */
  readonly ca: string | null
}

/** Mail to the outside; the demo and tests keep it in memory. */
export interface Mail {
  send(message: { to: string; subject: string; text: string }): Promise<void>
}
