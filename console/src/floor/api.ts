import { api, ask } from '@/api/client'
import type { components } from '@/api/schema'

const enc = encodeURIComponent
const rep = (agent: string, what: string) => `/api/v1/agents/${enc(agent)}/${what}`

/** What a supervisor may ask of reps and campaigns. Refusals are raised as `Problem`. */
export const steering = {
  ready: (agent: string) => ask<unknown>('post', rep(agent, 'ready')),
  pause: (agent: string, reason: string) => ask<unknown>('post', rep(agent, 'pause'), { reason }),
  logout: (agent: string) => ask<unknown>('post', rep(agent, 'logout')),
  hangup: (agent: string) => ask<unknown>('post', rep(agent, 'hangup')),
  move: (agent: string, to: { pool?: string; campaigns?: string[] | null; because?: string }) =>
    ask<unknown>('post', rep(agent, 'move'), to),
  message: (to: { agent?: string; pool?: string; all?: boolean }, text: string) =>
    ask<unknown>('post', '/api/v1/messages', { to, text }),
  campaign: (name: string, what: 'start' | 'pause' | 'stop') =>
    ask<unknown>('post', `/api/v1/campaigns/${enc(name)}/${what}`),
}

export type Listening = components['schemas']['ListeningIn']
export type ListenMode = components['schemas']['Listen']['mode']

export const listening = {
  begin: (agent: string, mode: ListenMode) =>
    api.post('/api/v1/supervision', { body: { agent, mode } as never }),
  change: (id: string, mode: ListenMode) =>
    api.patch('/api/v1/supervision/{supervision}', { path: { supervision: id }, body: { mode } }),
  takeOver: (id: string) =>
    api.post('/api/v1/supervision/{supervision}/take-over', { path: { supervision: id } }),
  end: (id: string) =>
    api.delete('/api/v1/supervision/{supervision}', { path: { supervision: id } }),
  all: () => api.get('/api/v1/supervision'),
}

export interface FloorSummary {
  pool: string
  agents: Record<string, number>
  calls: Record<string, number>
  campaigns: string[]
}
export const floors = () => ask<{ floors: FloorSummary[] }>('get', '/api/v1/floors')
