import { api } from '@/api/client'
import { newKey } from '@/api/keys'
import type { Wire } from '@/api/wire'
import type { Calendar } from './calendar'

export const calendar = (since: number, until: number, agent: string | null): Promise<Calendar> =>
  api.get('/api/v1/callbacks', { query: { since, until, ...(agent ? { agent } : {}) } })

export const moveCallback = (id: string, body: Wire<'MovedCallback'>) =>
  api.patch('/api/v1/callbacks/{callback}', { path: { callback: id }, key: newKey(), body })

export const dropCallback = (id: string) =>
  api.delete('/api/v1/callbacks/{callback}', { path: { callback: id }, key: newKey() })
