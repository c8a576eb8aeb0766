import { z } from 'zod'

/** Random name of one bill on the ledger. Says nothing about the cargo; the commercial number stays off the ledger. */
export const BillId = z.string().regex(/^b[0-9a-f]{32}$/, 'a bill id is b and 32 hex digits').brand<'BillId'>()
export type BillId = z.infer<typeof BillId>

/** Random name of one party on the ledger; its legal identity is known only as a salted commitment. */
export const PartyId = z.string().regex(/^p[0-9a-f]{32}$/, 'a party id is p and 32 hex digits').brand<'PartyId'>()
export type PartyId = z.infer<typeof PartyId>

/** Name of a signing key: k and the first 40 hex digits of SHA-256 over its SubjectPublicKeyInfo (DER). */
export const KeyId = z.string().regex(/^k[0-9a-f]{40}$/, 'a key id is k and 40 hex digits').brand<'KeyId'>()
export type KeyId = z.infer<typeof KeyId>

/** Random name of a person inside a party, so that "two different people" can be checked without naming them. */
export const PersonTag = z.string().regex(/^u[0-9a-f]{32}$/, 'a person tag is u and 32 hex digits').brand<'PersonTag'>()
export type PersonTag = z.infer<typeof PersonTag>

/** UUID version 7 (RFC 9562): made by the signer, so that sending a command again is harmless. */
export const CommandId = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'a command id is a UUIDv7')
  .brand<'CommandId'>()
export type CommandId = z.infer<typeof CommandId>

/** SHA-256, 64 lower-case hex digits. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 lower-case hex digits').brand<'Hash'>()
export type Hash = z.infer<typeof Hash>

/** A moment: UTC, RFC 3339 with milliseconds and Z, as `Date.toISOString` writes it. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'a moment is UTC with milliseconds, like 2026-11-24T12:00:00.000Z')
  .refine((text) => !Number.isNaN(Date.parse(text)), 'no such moment')
  .brand<'Instant'>()
export type Instant = z.infer<typeof Instant>

/** The stream of ledger entries a command writes to: a bill's or a party's. */
export const Subject = z.union([BillId, PartyId])
export type Subject = BillId | PartyId

/** The head hash a stream has before its first entry. */
export const noHash = '0'.repeat(64) as Hash
