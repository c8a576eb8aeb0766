import { z } from 'zod'

export const CompanyId = z.string().regex(/^co_[0-9a-z]{16}$/, 'a company id').brand<'CompanyId'>()
export type CompanyId = z.infer<typeof CompanyId>
export const PersonId = z.string().regex(/^pe_[0-9a-z]{16}$/, 'a person id').brand<'PersonId'>()
export type PersonId = z.infer<typeof PersonId>
export const DraftId = z.string().regex(/^dr_[0-9a-z]{16}$/, 'a draft id').brand<'DraftId'>()
export type DraftId = z.infer<typeof DraftId>

/** UTC moment with milliseconds. */
export const Moment = z.iso.datetime({ precision: 3 })

/** Cursor paging: `next` is null on the last page. */
export const page = <T extends z.ZodType>(item: T) => z.strictObject({ items: z.array(item), next: z.string().nullable(), total: z.int().nullable() })

export const Paging = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(25),
}

/** A party as a view shows it: the ledger's id, and its name for those who may know it. */
export const PartyRef = z.strictObject({ partyId: z.string(), name: z.string().nullable(), nameEn: z.string().nullable() })
export type PartyRef = z.infer<typeof PartyRef>
