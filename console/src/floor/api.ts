import { ask } from '@/api/client'

const enc = encodeURIComponent
const rep = (agent: string, what: string) => `/api/v1/agents/${enc(agent)}/${what}`

/** What a supervisor may ask of reps and campaigns. Refusals are raised as `Problem`. */
export const steering = {
  ready: (agent: string) => ask<unknown>('post', rep(agent, 'ready')),
  pause: (agent: string, reason: string) => ask<unknown>('post', rep(agent, 'pause'), { reason }),
  logout: (agent: string) => ask<unknown>('post', rep(agent, 'logout')),
  hangup: (agent: string) => ask<unknown>('post', rep(agent, 'hangup')),
  move: (agent: string, to: { pool?: string; campaigns?: string[] | null }) =>
    ask<unknown>('post', rep(agent, 'move'), to),
  message: (to: { agent?: string; pool?: string; all?: boolean }, text: string) =>
    ask<unknown>('post', '/api/v1/messages', { to, text }),
  campaign: (name: string, what: 'start' | 'pause' | 'stop') =>
    ask<unknown>('post', `/api/v1/campaigns/${enc(name)}/${what}`),
}

export type ListenMode = 'listen' | 'whisper' | 'barge'
export interface Listening {
  id: string
  agent: string
  mode: ListenMode
  who?: string
  attempt?: string | null
  since?: number
}

export const listening = {
  begin: (agent: string, mode: ListenMode) =>
    ask<Listening>('post', '/api/v1/supervision', { agent, mode }),
  change: (id: string, mode: ListenMode) =>
    ask<Listening>('patch', `/api/v1/supervision/${enc(id)}`, { mode }),
  takeOver: (id: string) => ask<unknown>('post', `/api/v1/supervision/${enc(id)}/take-over`),
  end: (id: string) => ask<unknown>('delete', `/api/v1/supervision/${enc(id)}`),
}

export interface FloorSummary {
  pool: string
  agents: Record<string, number>
  calls: Record<string, number>
  campaigns: string[]
}
export const floors = () => ask<{ floors: FloorSummary[] }>('get', '/api/v1/floors')
