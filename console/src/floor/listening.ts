import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { useProblems } from '@/shell/problems'
import { listening as routes, type Listening, type ListenMode } from './api'
import type { RepLine } from './model'

/** What this supervisor listens to now. The phone of the page is opened at the first listen. */
export const useListening = defineStore('listening', () => {
  const { tell } = useProblems()
  const now = ref<(Listening & { name: string }) | null>(null)
  const busy = ref(false)
  /** Opens the page's phone; set by the bar that owns it. */
  let openPhone: () => Promise<void> = () => Promise.resolve()

  async function guarded(what: () => Promise<void>): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await what()
    } catch (error) {
      tell(error)
    } finally {
      busy.value = false
    }
  }

  const begin = (row: RepLine, mode: ListenMode) =>
    guarded(async () => {
      if (now.value?.agent === row.agent) {
        await routes.change(now.value.id, mode)
        now.value = { ...now.value, mode }
        return
      }
      if (now.value) await routes.end(now.value.id)
      now.value = null
      await openPhone()
      now.value = { ...(await routes.begin(row.agent, mode)), name: row.name, mode }
    })

  const change = (mode: ListenMode) =>
    guarded(async () => {
      if (!now.value) return
      await routes.change(now.value.id, mode)
      now.value = { ...now.value, mode }
    })

  const takeOver = () =>
    guarded(async () => {
      if (now.value) await routes.takeOver(now.value.id)
    })

  const end = () =>
    guarded(async () => {
      const old = now.value
      now.value = null
      if (old) await routes.end(old.id)
    })

  return {
    now: computed(() => now.value),
    busy,
    begin,
    change,
    takeOver,
    end,
    ownPhone: (open: () => Promise<void>) => (openPhone = open),
  }
})
