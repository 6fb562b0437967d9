import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

const AGENT = '/api/v1/agents/{agent}'

/** What a supervisor may ask of a rep. Refusals are raised as `Problem`. */
export const steering = {
  ready: (agent: string) => api.post(`${AGENT}/ready`, { path: { agent } }),
  pause: (agent: string, reason: string) =>
    api.post(`${AGENT}/pause`, { path: { agent }, body: { reason } }),
  logout: (agent: string) => api.post(`${AGENT}/logout`, { path: { agent } }),
  hangup: (agent: string) => api.post(`${AGENT}/hangup`, { path: { agent } }),
  move: (agent: string, body: Wire<'MoveAgent'>) =>
    api.post(`${AGENT}/move`, { path: { agent }, body }),
}
