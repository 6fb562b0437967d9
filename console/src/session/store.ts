import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api, Problem, useCsrf, whenLoggedOut } from '@/api/client'
import type { Permission, Wire } from '@/api/wire'

export type Session = Wire<'Session'>

/** Who sits here and what they may. */
export const useSession = defineStore('session', () => {
  const session = ref<Session | null>(null)
  /** The server ended the session (time, another place, an administrator). */
  const ended = ref(false)

  function take(found: Session | null): void {
    session.value = found?.role == null ? null : found
    useCsrf(found?.csrf ?? null)
    if (session.value) ended.value = false
  }

  async function look(): Promise<void> {
    take(await api.get('/api/v1/session').catch(() => null))
  }

  /** Who is here now, with which rights; on a network that fails all stays as it was. */
  async function lookAgain(): Promise<boolean> {
    try {
      take(await api.get('/api/v1/session'))
    } catch (error) {
      if (error instanceof Problem && error.status === 401) take(null)
    }
    return session.value !== null
  }

  async function logIn(name: string, password: string, code: string): Promise<void> {
    take(await api.post('/api/v1/session', { body: { name, password, code } }))
  }

  async function changePassword(old: string, replacement: string): Promise<void> {
    take(await api.put('/api/v1/session/password', { body: { old, new: replacement } }))
  }

  async function logOut(): Promise<void> {
    await api.delete('/api/v1/session').catch(() => undefined)
    take(null)
  }

  whenLoggedOut(() => {
    ended.value = session.value !== null
    take(null)
  })

  const allowed = computed(() => new Set(session.value?.permissions ?? []))
  const may = (permission: Permission) => allowed.value.has(permission)
  const name = computed(() => session.value?.full_name || session.value?.name || '')

  return { session, ended, name, may, look, lookAgain, logIn, changePassword, logOut }
})
