import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

export type Listening = Wire<'ListeningIn'>
export type ListenMode = NonNullable<Wire<'Listen'>['mode']>

export const listening = {
  begin: (agent: string, mode: ListenMode) =>
    api.post('/api/v1/supervision', { body: { agent, mode } }),
  change: (id: string, mode: ListenMode) =>
    api.patch('/api/v1/supervision/{supervision}', { path: { supervision: id }, body: { mode } }),
  takeOver: (id: string) =>
    api.post('/api/v1/supervision/{supervision}/take-over', { path: { supervision: id } }),
  end: (id: string) =>
    api.delete('/api/v1/supervision/{supervision}', { path: { supervision: id } }),
  all: () => api.get('/api/v1/supervision'),
}
