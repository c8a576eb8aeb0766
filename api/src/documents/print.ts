import type { BillDocument } from '@yidan/ledger'
import type { Mark } from './wording.ts'

/**
 * Changes whenever the same input would be printed differently: a verifier compares pages only with its own version.
 * Kept in the PDF's metadata.
 */
export const rendererVersion = 'yidan-bill-pdf/1.1'

/** What is known about the issue of a bill beside the document itself. */
export interface Issuance {
  readonly network: string
  /** SHA-256 of the canonical document. */
  readonly docHash: string
  /** UTC with milliseconds. All dates of the PDF come from here. */
  readonly issuedAt: string
  /** The issuer's e-seal, a JWS (see seal.ts). */
  readonly seal: string
  readonly certificatePem: string
  /** Names of the people who signed for the carrier. */
  readonly signatories: readonly string[]
  /** What the QR holds: the verify page's address with the issuer's signed statement. Absent on prints from before there was one. */
  readonly address?: string
}

/** The state of title at a moment, in words, as a copy shows it. It is not sealed: the ledger says what holds now. */
export interface PrintedStanding {
  readonly state: string
  readonly titleholderText: string
  readonly asOf: string
}

/** Which of the signed originals of a paper set this is. */
export interface PaperOriginal {
  readonly serial: string
  /** Counted from 1. */
  readonly number: number
  readonly of: number
}

export interface BillPrint {
  readonly document: BillDocument
  /** Null for a draft. */
  readonly issuance: Issuance | null
  readonly mark: Mark
  readonly standing?: PrintedStanding
  /** Set for a paper original. */
  readonly paper?: PaperOriginal
  /** Where the public verification page lives, such as https://bills.example.cn */
  readonly publicUrl: string
}

/** The attachment that lets anybody print the same pages again: everything but the document. */
export interface SealFile {
  readonly schema: 'yidan.print/1'
  readonly rendererVersion: string
  readonly seal: string
  readonly certificatePem: string
  readonly docHash: string
  readonly issuedAt: string
  readonly network: string
  readonly publicUrl: string
  readonly signatories: readonly string[]
  readonly address?: string | undefined
  readonly mark: Mark
  readonly standing: PrintedStanding | null
  readonly paper?: PaperOriginal | undefined
}
