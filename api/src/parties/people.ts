import type { CompanyId, PersonId, PersonRole } from '@yidan/api/contract'
import type { Language } from '../http/handlers.ts'
import { Problem } from '../http/problem.ts'
import type { Ports } from '../ports.ts'
import { hashOf, newId, newPersonId, newPersonTag, newSecret } from './ids.ts'
import { checkPassword, hashPassword, isPassword } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import { isDuplicate, personKey, type CompanyRecord, type InvitationRecord, type PartyStore, type PersonRecord } from './store.ts'

const invitationLife = 7 * 24 * 60 * 60_000

/**
 * Invites a person by mail. The link holds the only copy of the token.
 * @throws Problem `email-taken`
 */
export async function invite({ ports, store, company, email, roles, invitedBy }: {
  ports: Pick<Ports, 'clock' | 'mail' | 'settings'>; store: PartyStore; company: CompanyRecord; email: string; roles: readonly PersonRole[]; invitedBy: string
}): Promise<{ invitation: InvitationRecord; link: string }> {
  const address = email.toLowerCase()
  if ((await store.people.countDocuments({ emailToken: await store.emailToken(address) }, { limit: 1 })) > 0) throw new Problem('email-taken')
  const now = ports.clock()
  const token = newSecret()
  const invitation: InvitationRecord = {
    _id: newId('in'), companyId: company._id, email: address, roles: [...new Set(roles)], tokenHash: hashOf(token), invitedBy, createdAt: now, expiresAt: new Date(now.getTime() + invitationLife), acceptedAt: null,
  }
  await store.invitations.insertOne(invitation, { writeConcern: { w: 'majority' } })
  const link = `${ports.settings.publicUrl}/invitations/${token}`
  await ports.mail.send({
    to: address, subject: `一单 Yidan · ${company.name}`,
    text: `${invitedBy} 邀请您加入 ${company.name}。请在 7 天内打开以下链接设置密码：\n${invitedBy} invites you to join ${company.nameEn ?? company.name}. Open this link within 7 days and choose a password:\n\n${link}`,
  })
  return { invitation, link }
}

/** @throws Problem `invitation-invalid` when it is used, withdrawn, out of date or never was */
export async function openInvitation(store: PartyStore, token: string, now: Date): Promise<InvitationRecord> {
  const invitation = await store.invitations.findOne({ tokenHash: hashOf(token), acceptedAt: null, expiresAt: { $gt: now } })
  if (invitation === null) throw new Problem('invitation-invalid')
  return invitation
}

/** @throws Problem `invitation-invalid`, `weak-password`, `email-taken` */
export async function acceptInvitation({ ports, store, token, name, password, language }: { ports: Pick<Ports, 'clock'>; store: PartyStore; token: string; name: string; password: string; language: Language }): Promise<PersonRecord> {
  const now = ports.clock()
  const { email } = await openInvitation(store, token, now)
  checkPassword({ password, email, pointer: '/password', language })
  const passwordHash = await hashPassword(password)
  // Claimed in one step: of two who open the same link at once, one gets in.
  const invitation = await store.invitations.kept.findOneAndUpdate({ tokenHash: hashOf(token), acceptedAt: null, expiresAt: { $gt: now } }, { $set: { acceptedAt: now } })
  if (invitation === null) throw new Problem('invitation-invalid')
  try {
    return await addPerson(store, { companyId: invitation.companyId, name, email, roles: invitation.roles, passwordHash, demoAccount: null }, now)
  } catch (error) {
    await store.invitations.updateOne({ _id: invitation._id }, { $set: { acceptedAt: null } })
    throw isDuplicate(error) ? new Problem('email-taken') : error
  }
}

export async function addPerson(store: PartyStore, person: Pick<PersonRecord, 'companyId' | 'name' | 'email' | 'roles' | 'passwordHash' | 'demoAccount'>, now: Date): Promise<PersonRecord> {
  const record: PersonRecord = { ...person, emailToken: await store.emailToken(person.email), _id: newPersonId(), tag: newPersonTag(), disabled: false, lastSeenAt: null, createdAt: now }
  await store.people.insertOne(record, { writeConcern: { w: 'majority' } })
  return record
}

/** @throws Problem `not-found` */
export async function withdrawInvitation(store: PartyStore, companyId: CompanyId, invitationId: string): Promise<void> {
  const { deletedCount } = await store.invitations.deleteOne({ _id: invitationId, companyId, acceptedAt: null })
  if (deletedCount === 0) throw new Problem('not-found')
}

/**
 * Changes what a person may do. Whoever is disabled is out at once, on all devices.
 * @throws Problem `not-found`, `last-administrator`
 */
export async function editPerson({ store, sessions, companyId, personId, roles, disabled }: {
  store: PartyStore; sessions: Sessions; companyId: CompanyId; personId: PersonId; roles?: readonly PersonRole[] | undefined; disabled?: boolean | undefined
}): Promise<PersonRecord> {
  const before = await personOf(store, companyId, personId)
  const after = { roles: [...new Set(roles ?? before.roles)], disabled: disabled ?? before.disabled }
  const wasAdministrator = isAdministrator(before)
  if (wasAdministrator && !isAdministrator(after) && (await administrators(store, companyId)) <= 1) throw new Problem('last-administrator')
  await store.people.updateOne({ _id: personId, companyId }, { $set: after })
  const person = await personOf(store, companyId, personId)
  if (wasAdministrator && !isAdministrator(after) && (await administrators(store, companyId)) === 0) {
    // Two administrators took the right from each other at the same moment: this one is given back.
    await store.people.updateOne({ _id: personId }, { $set: { roles: before.roles, disabled: before.disabled } })
    throw new Problem('last-administrator')
  }
  if (after.disabled) await sessions.endAll(personId)
  await sessions.tellRevoked({ type: 'person', personId })
  return person
}

/**
 * Forgets a person who has left: name and address cannot be read any more anywhere, so the tag on the ledger is nobody's (PIPL art. 47).
 * What they signed stays valid. Nobody who still has rights is forgotten: they are disabled first.
 * @throws Problem `person-still-active`
 */
export async function forgetPerson({ ports, store, sessions, person }: { ports: Pick<Ports, 'vault'>; store: PartyStore; sessions: Sessions; person: PersonRecord }): Promise<void> {
  const { _id: personId, companyId } = person
  if (!person.disabled) throw new Problem('person-still-active')
  const invited = await store.invitations.find({ companyId }).toArray()
  const own = invited.filter(({ email }) => email === person.email).map(({ _id }) => _id)
  await ports.vault.erase([personKey(personId), ...own.map(personKey)])
  await sessions.endAll(personId)
  await store.invitations.kept.deleteMany({ _id: { $in: own } })
  await store.people.deleteOne({ _id: personId })
}

/** @throws Problem `bad-credentials`, `weak-password` */
export async function changePassword({ store, sessions, personId, sessionId, current, next, language }: {
  store: PartyStore; sessions: Sessions; personId: PersonId; sessionId: string; current: string; next: string; language: Language
}): Promise<void> {
  const person = await store.people.findOne({ _id: personId })
  if (person === null || !(await isPassword(current, person.passwordHash))) throw new Problem('bad-credentials')
  checkPassword({ password: next, email: person.email, pointer: '/next', language })
  await store.people.updateOne({ _id: personId }, { $set: { passwordHash: await hashPassword(next) } })
  await sessions.endAll(personId, sessionId)
}

export async function personOf(store: PartyStore, companyId: CompanyId, personId: PersonId): Promise<PersonRecord> {
  const person = await store.people.findOne({ _id: personId, companyId })
  if (person === null) throw new Problem('not-found')
  return person
}

function administrators(store: PartyStore, companyId: CompanyId): Promise<number> {
  return store.people.countDocuments({ companyId, disabled: false, roles: 'administrator' })
}

function isAdministrator({ roles, disabled }: Pick<PersonRecord, 'roles' | 'disabled'>): boolean {
  return roles.includes('administrator') && !disabled
}
