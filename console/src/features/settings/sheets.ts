import { computed, ref } from 'vue'
import { api, Problem } from '@/api/client'
import type { Wire } from '@/api/wire'
import { changesOf, faultAt, movedBetween, type Key, type Sheet, type Value } from './model'

type Change = Wire<'ChangeSettings'>
type Undo = Wire<'UndoSettings'>

const POOL = '/api/v1/pools/{name}/settings'
const CAMPAIGN = '/api/v1/campaigns/{name}/settings'

/** Whose settings they are. */
export function poolSheet(name: string) {
  const path = { name }
  return {
    get: () => api.get(POOL, { path }),
    put: (body: Change) => api.put(POOL, { path, body }),
    undo: (body: Undo) => api.post(`${POOL}/undo`, { path, body }),
    versions: () => api.get(`${POOL}/versions`, { path }),
  }
}

export function campaignSheet(name: string): Of {
  const path = { name }
  return {
    get: () => api.get(CAMPAIGN, { path }),
    put: (body: Change) => api.put(CAMPAIGN, { path, body }),
    undo: (body: Undo) => api.post(`${CAMPAIGN}/undo`, { path, body }),
    versions: () => api.get(`${CAMPAIGN}/versions`, { path }),
  }
}
export type Of = ReturnType<typeof poolSheet>

/** One sheet being edited: what it says, what was typed, and how it is written. */
export function useSheet(of: Of) {
  const sheet = ref<Sheet | null>(null)
  const typed = ref<Record<string, string>>({})
  /** What the server found wrong, by key. */
  const refused = ref<Record<string, string>>({})
  /** What somebody else changed while one was typing. */
  const moved = ref<{ key: Key; before: Value }[]>([])
  const read = computed(() =>
    sheet.value ? changesOf(sheet.value, typed.value) : { changes: {}, faults: {} },
  )

  async function load(): Promise<void> {
    sheet.value = await of.get()
  }

  /** Whether all that is wrong stands at a field now. */
  function takeFaults(problem: Problem): boolean {
    const lines = problem.faults.map((line) => sheet.value && faultAt(sheet.value, line))
    const found = lines.filter((it) => it !== null)
    refused.value = Object.fromEntries(found.map((it) => [it.key, it.text]))
    return found.length > 0 && found.length === lines.length
  }

  async function meet(): Promise<void> {
    const before = sheet.value
    await load()
    if (before && sheet.value) moved.value = movedBetween(before, sheet.value)
  }

  /** Undefined: what is wrong stands at the fields. Raises `Problem`; what was typed stays. */
  async function apply(because: string): Promise<Wire<'SettingsChanged'> | undefined> {
    const version = sheet.value?.version ?? 0
    refused.value = {}
    moved.value = []
    try {
      const done = await of.put({ changes: read.value.changes, because, version })
      typed.value = {}
      await load()
      return done
    } catch (error) {
      // Somebody else was quicker: show what is true now, with our wishes still in the fields.
      if (error instanceof Problem && error.status === 409) await meet()
      if (error instanceof Problem && error.slug === 'invalid-settings' && takeFaults(error)) return
      throw error
    }
  }

  async function undo(because: string): Promise<void> {
    await of.undo({ because, version: sheet.value?.version ?? 0 })
    forget()
    await load()
  }
  function forget(): void {
    typed.value = {}
    refused.value = {}
    moved.value = []
  }

  return { of, sheet, typed, read, refused, moved, load, apply, undo, forget }
}
