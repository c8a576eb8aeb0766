import type { NoticePreferences } from '@yidan/api/contract'
import type { PersonCaller } from '../access/caller.ts'
import { usualPreferences } from './rules.ts'
import type { NoticeStore } from './store.ts'

/** What the person chose, or what is usual. */
export async function preferencesOf({ preferences }: Pick<NoticeStore, 'preferences'>, { person, company }: Pick<PersonCaller, 'person' | 'company'>): Promise<NoticePreferences> {
  const usual = usualPreferences({ companyRoles: company.roles, personRoles: person.roles })
  const found = await preferences.findOne({ _id: person.id })
  if (found === null) return usual
  const { _id: _, ...chosen } = found
  // A kind that came up since is as usual.
  return { ...chosen, kinds: { ...usual.kinds, ...chosen.kinds } }
}

export async function choosePreferences({ preferences }: Pick<NoticeStore, 'preferences'>, { person }: Pick<PersonCaller, 'person'>, chosen: NoticePreferences): Promise<void> {
  await preferences.replaceOne({ _id: person.id }, chosen, { upsert: true })
}
