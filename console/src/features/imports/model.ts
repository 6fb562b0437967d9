import { api } from '@/api/client'
import { bodyOf } from '@/kit/form/body'
import type { Mapping } from '@/kit/upload/types'
import type { Wire } from '@/api/wire'

export type Draft = Wire<'DraftAnswer'>
export type Import = Wire<'ImportStatus'>
export type Row = Wire<'FirstRow'>
export type Field = Draft['columns'][number]['guess']

/** What a column can be, in the order in which it is offered; what is left out is `skip`. */
export const FIELDS = [
  'number', 'name', 'first', 'last', 'extension', 'timezone', 'language', 'priority', 'opt_out',
  'custom',
] as const satisfies readonly Field[] // prettier-ignore
/** Several columns may be it. */
export const SEVERAL: readonly Field[] = ['number', 'opt_out', 'custom']

/** What each column is, in the file's order. */
export const fieldsOf = (draft: Draft, mapping: Mapping): Field[] =>
  draft.columns.map((it) => (mapping[it.name] as Field | null | undefined) ?? 'skip')

/** A list is named as its file is, without the ending. */
export const nameOf = (file: string) => file.replace(/\.(csv|txt|xlsx)$/i, '').slice(0, 80)

/** Where the rows that did not go in are handed out. */
export const rejectedAt = (id: string, locale: string) =>
  `/api/v1/imports/${id}/rejected?language=${locale.startsWith('zh') ? 'zh' : 'en'}`

export const undo = (id: string) =>
  api.post('/api/v1/imports/{import_id}/undo', { path: { import_id: id } })

const POLL_MS = 400

/** An import that was started, until it is over. `told` hears how far it is. */
export async function followed(
  id: string,
  told: (it: Import) => void,
  signal: AbortSignal,
  pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Import> {
  const path = { import_id: id }
  const stop = () =>
    void api.post('/api/v1/imports/{import_id}/cancel', { path }).catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      const it = await api.get('/api/v1/imports/{import_id}', { path })
      told(it)
      if (it.state !== 'running') return it
      await pause(POLL_MS)
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

export const start = (draft: Draft, said: Record<string, unknown>) =>
  api.post('/api/v1/imports/{draft}/start', { path: { draft: draft.id }, body: bodyOf(said) })
