import { onBeforeUnmount, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import type { Wire } from '@/api/wire'
import { localZone } from '@/design/dates'
import type { Option } from '@/design/options'
import { useProblems } from '../problems'
import type { Column } from '../list/types'

type Export = Wire<'ExportView'>
/** What every request for a file has, whatever it is of. */
type SheetWish = Omit<Wire<'CallExport'>, 'wish'>
const LOOK_EVERY_MS = 700

/** What a list can be exported as, for `DataTable`. */
export const FORMATS = [
  { id: 'xlsx', title: 'Excel (XLSX)' },
  { id: 'csv', title: 'CSV' },
]

/** The columns somebody sees, in their order, with the words they see. */
export function sheetWish<Row>(
  columns: readonly Column<Row>[],
  ids: readonly string[],
  said: { format: string; title: string; language: string; words?: Record<string, Option[]> },
): SheetWish {
  const titles = new Map(columns.map((it) => [it.id, it.title]))
  const words = Object.entries(said.words ?? {}).filter(([id]) => ids.includes(id))
  return {
    format: said.format as SheetWish['format'],
    title: said.title,
    columns: ids.map((id) => ({ id, title: titles.get(id) ?? id })),
    words: Object.fromEntries(
      words.map(([id, options]) => [
        id,
        Object.fromEntries(options.map((it) => [it.value, it.label])),
      ]),
    ),
    zone: localZone(),
    language: said.language,
  }
}

/**
 * An export of the server: asked for, looked after until its file is there, and handed to whoever
 * sits here. `KitExport` shows it.
 */
export function useExport() {
  const { words } = useProblems()
  const now = shallowRef<Export | null>(null)
  const fault = ref('')
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function start(ask: () => Promise<Export>): Promise<void> {
    fault.value = ''
    try {
      now.value = await ask()
      look()
    } catch (error) {
      fault.value = words(error)
    }
  }
  function look(): void {
    waiting = setTimeout(async () => {
      const mine = now.value
      if (!mine) return
      try {
        const found = await api.get('/api/v1/exports/{export}', { path: { export: mine.id } })
        if (now.value?.id !== mine.id) return
        now.value = found
        if (found.state === 'running') look()
        else if (found.state === 'ready') fetched(found)
      } catch (error) {
        fault.value = words(error)
      }
    }, LOOK_EVERY_MS)
  }
  function fetched(it: Export): void {
    const href = `/api/v1/exports/${encodeURIComponent(it.id)}/file`
    Object.assign(document.createElement('a'), { href, download: it.name }).click()
  }
  /** Closes it; what is still being written is given up. */
  async function close(): Promise<void> {
    clearTimeout(waiting)
    const mine = now.value
    now.value = null
    fault.value = ''
    if (mine?.state === 'running')
      await api
        .delete('/api/v1/exports/{export}', { path: { export: mine.id } })
        .catch(() => undefined)
  }
  onBeforeUnmount(() => clearTimeout(waiting))
  return { now, fault, start, close, fetch: () => now.value && fetched(now.value) }
}
export type Exporting = ReturnType<typeof useExport>
