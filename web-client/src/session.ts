import { ProblemError, type Ability, type PersonRole, type SessionView } from '@yidan/api/contract'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { call, whenSessionEnds } from './api.ts'

/** Who is signed in. The server decides everything; the abilities here only choose what is offered. */
export const useSession = defineStore('session', () => {
  const session = ref<SessionView | null>(null)
  /** False until the server was asked once. */
  const known = ref(false)

  async function load(): Promise<void> {
    try {
      session.value = await call('session', {})
    } catch (error) {
      if (!(error instanceof ProblemError && error.problem.status === 401)) throw error
      session.value = null
    }
    known.value = true
  }

  function start(view: SessionView): void {
    session.value = view
    known.value = true
  }

  async function signOut(): Promise<void> {
    await call('signOut', {})
    session.value = null
  }

  whenSessionEnds(() => { session.value = null })

  return {
    session, known, load, start, signOut,
    person: computed(() => session.value?.person ?? null),
    company: computed(() => session.value?.company ?? null),
    may: (ability: Ability) => session.value?.abilities.includes(ability) ?? false,
    is: (role: PersonRole) => session.value?.person.roles.includes(role) ?? false,
  }
})
