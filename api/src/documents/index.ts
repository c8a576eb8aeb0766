/** The bill as a document: printed, sealed, taken apart and checked. What other folders may use. */
export { renderBill } from './bill-pdf.ts'
export { rendererVersion, type BillPrint, type Issuance, type PrintedStanding, type SealFile } from './print.ts'
export type { Mark } from './wording.ts'
export { proofAddress } from './proof-code.ts'
export { openRenderer, RendererBusy, RenderFailed, type Renderer } from './renderer.ts'
export { checkSeal, issuerOf, SealAuthority, type Seal, type SealCheck, type SealFault, type SealPayload, type SealRequest, type Sealed } from './seal.ts'
export { readAttachments, UnreadableFile, type AttachmentFault, type Attachments } from './attachments.ts'
export { fileChecks, verifyFile, type FileCheck, type FileCheckCode, type FileVerdict, type VerifyOptions } from './verify-file.ts'
