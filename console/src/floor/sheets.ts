import { computed, ref } from 'vue'
import { ask, Problem } from '@/api/client'
import { changesOf, type Sheet } from './settings'

const enc = encodeURIComponent
export const poolSheet = (pool: string) => `/api/v1/pools/${enc(pool)}/settings`
export const campaignSheet = (campaign: string) => `/api/v1/campaigns/${enc(campaign)}/settings`

interface Changed {
  version: number
  waiting: string[]
}

/** One sheet being edited: what it says, what was typed, and how it is written. */
export function useSheet(at: string) {
  const sheet = ref<Sheet | null>(null)
  const typed = ref<Record<string, string>>({})
  const read = computed(() =>
    sheet.value ? changesOf(sheet.value, typed.value) : { changes: {}, faults: {} },
  )

  async function load(): Promise<void> {
    sheet.value = await ask<Sheet>('get', at)
  }

  /** Raises `Problem`; what was typed stays where it was refused. */
  async function apply(because: string): Promise<Changed> {
    const version = sheet.value?.version ?? 0
    const body = { changes: read.value.changes, because, version }
    const done = await ask<Changed>('put', at, body).catch(async (error: unknown) => {
      // Somebody else was quicker: show what is true now, with our wishes still in the fields.
      if (error instanceof Problem && error.status === 409) await load()
      throw error
    })
    typed.value = {}
    await load()
    return done
  }

  async function undo(because: string): Promise<void> {
    await ask<unknown>('post', `${at}/undo`, { because, version: sheet.value?.version ?? 0 })
    typed.value = {}
    await load()
  }

  return { at, sheet, typed, read, load, apply, undo }
}
