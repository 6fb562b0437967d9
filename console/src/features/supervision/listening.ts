import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { api, Problem } from '@/api/client'
import { useSession } from '@/session/store'
import { useProblems } from '@/shell/problems'
import { serverNow, tick } from '@/time/clock'
import type { PhoneState, Softphone } from '@/features/phones/public'
import { listening as routes, type Listening, type ListenMode } from './api'

/** How long the page's phone may take to be there. */
const PHONE_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 1500
const UP = new Set<PhoneState>(['ready', 'talking'])

/** What this supervisor listens to now, and the phone of the page, opened at the first listen. */
export const useListening = defineStore('listening', () => {
  const { tell } = useProblems()
  const session = useSession()
  const now = ref<(Listening & { name: string }) | null>(null)
  const busy = ref(false)
  const phone = ref<PhoneState>('off')
  const fault = ref('')
  const inbound = ref(0)
  let made: Softphone | null = null
  let looking: ReturnType<typeof setInterval> | undefined

  async function openPhone(): Promise<void> {
    if (!made) {
      phone.value = 'starting'
      // The SIP stack is large, and most who look at floors never listen.
      const { NoPhone, softphone, stateOf } = await import('@/features/phones/public')
      made = softphone({
        rep: `listening-${session.session?.name ?? ''}`,
        fetch: (again) =>
          api.post('/api/v1/supervision/phone', { body: { again } }).catch((error: unknown) => {
            const isElsewhere = error instanceof Problem && error.slug === 'phone-elsewhere'
            throw isElsewhere ? new NoPhone('elsewhere') : error
          }),
        now: () => (tick(), serverNow.value),
        tell: (seen) => {
          if (seen.phone) {
            phone.value = stateOf(seen.phone)
            fault.value = seen.phone.fault ?? ''
          }
          if (seen.quality) inbound.value = seen.quality.inbound
        },
      })
      made.start()
    }
    await phoneIsReady()
  }

  function phoneIsReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => end(false), PHONE_WITHIN_MS)
      const stop = watch(
        phone,
        (state) => (UP.has(state) ? end(true) : state === 'failed' && end(false)),
        {
          immediate: true,
        },
      )
      function end(isReady: boolean): void {
        clearTimeout(late)
        queueMicrotask(() => stop())
        if (isReady) resolve()
        else reject(new Problem(0, 'no-listening-phone', ''))
      }
    })
  }

  function closePhone(): void {
    made?.leave()
    made = null
    phone.value = 'off'
    inbound.value = 0
  }

  async function guarded(what: () => Promise<void>): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await what()
    } catch (error) {
      tell(error)
      await look()
    } finally {
      busy.value = false
    }
  }

  function take(told: Listening, name: string): void {
    now.value = { ...told, name }
    looking ??= setInterval(() => void look(), LOOK_EVERY_MS)
  }

  /** What became of it: the call went on to the next, or somebody ended it. */
  async function look(): Promise<void> {
    const mine = now.value
    if (!mine || busy.value) return
    const { supervision } = await routes.all().catch(() => ({ supervision: [mine] }))
    const found = supervision.find((it) => it.id === mine.id)
    if (now.value?.id !== mine.id) return
    if (found) now.value = { ...found, name: mine.name }
    else forget()
  }

  function forget(): void {
    clearInterval(looking)
    looking = undefined
    now.value = null
    closePhone()
  }

  const begin = (row: { agent: string; name: string }, mode: ListenMode) =>
    guarded(async () => {
      if (now.value?.agent === row.agent)
        return take(await routes.change(now.value.id, mode), row.name)
      if (now.value) await routes.end(now.value.id)
      now.value = null
      await openPhone()
      take(await routes.begin(row.agent, mode), row.name)
    })

  const change = (mode: ListenMode) =>
    guarded(async () => {
      if (now.value) take(await routes.change(now.value.id, mode), now.value.name)
    })

  const takeOver = () =>
    guarded(async () => {
      if (now.value) take(await routes.takeOver(now.value.id), now.value.name)
    })

  const end = () =>
    guarded(async () => {
      const old = now.value
      forget()
      if (old) await routes.end(old.id)
    })

  const mayChange = computed(() => now.value !== null && now.value.state !== 'taken')
  return { now, busy, phone, fault, inbound, mayChange, begin, change, takeOver, end }
})
