/** The calls of a rep's desk. */
import { api } from '@/api/client'
import { newKey } from '@/api/keys'
import type { Wire } from '@/api/wire'

const AGENT = '/api/v1/agents/{agent}'

export type Finish = Wire<'Finish'>
export type Transfer = Wire<'Transfer'>
/** What a rep does that needs no more than saying so. */
export type Order =
  | 'login'
  | 'ready'
  | 'logout'
  | 'hangup'
  | 'hint'
  | 'hold'
  | 'resume'
  | 'park'
  | 'preview/dial'
  | 'consult/complete'
  | 'consult/join'
  | 'consult/cancel'
  | 'consult/swap'

/** What a rep does with the call before him: nothing where another has taken its place by then. */
const OF_CALL: ReadonlySet<string> = new Set([
  'hangup',
  'hint',
  'hold',
  'resume',
  'park',
  'dtmf',
  'recording',
  'transfer',
  'preview/dial',
  'preview/skip',
  'consult/complete',
  'consult/join',
  'consult/cancel',
  'consult/swap',
])

type Query = { attempt?: string }

/**
 * Everything that one rep's desk asks of the server. Every write has a key, so that it is done once
 * however often it arrives; `current` is the attempt before the rep, as the desk shows it.
 */
export function deskApi(agent: string, current: () => string | null = () => null) {
  const path = { agent }
  const once = () => ({ path, key: newKey() })
  function ofCall(attempt = current()): { query?: Query } {
    return attempt ? { query: { attempt } } : {}
  }

  return {
    desk: () => api.get(`${AGENT}/desk`, { path }),
    card: () => api.get(`${AGENT}/call`, { path }),
    today: () => api.get(`${AGENT}/today`, { path }),
    callbacks: () => api.get(`${AGENT}/callbacks`, { path }).then((it) => it.callbacks),
    calls: (limit = 30) =>
      api.get(`${AGENT}/calls`, { path, query: { limit } }).then((it) => it.calls),
    unsaid: () => api.get(`${AGENT}/unsaid`, { path }).then((it) => it.calls),
    targets: () => api.get(`${AGENT}/transfer-targets`, { path }),

    order: (what: Order) =>
      api.post(`${AGENT}/${what}`, { ...once(), ...(OF_CALL.has(what) ? ofCall() : {}) }),
    pause: (reason: string) => api.post(`${AGENT}/pause`, { ...once(), body: { reason } }),
    finish: (attempt: string, body: Finish) =>
      api.post(`${AGENT}/finish`, { ...once(), ...ofCall(attempt), body }),
    correct: (attempt: string, body: Wire<'Correction'>) =>
      api.put(`${AGENT}/calls/{attempt}/result`, { path: { agent, attempt }, key: newKey(), body }),
    skip: (reason: string) =>
      api.post(`${AGENT}/preview/skip`, { ...once(), ...ofCall(), body: { reason } }),
    dial: (body: Wire<'Dial'>) => api.post(`${AGENT}/dial`, { ...once(), body }),
    digits: (digits: string) =>
      api.post(`${AGENT}/dtmf`, { ...once(), ...ofCall(), body: { digits } }),
    recording: (state: Wire<'RecordingWish'>['state']) =>
      api.post(`${AGENT}/recording`, { ...once(), ...ofCall(), body: { state } }),
    transfer: (body: Transfer) => api.post(`${AGENT}/transfer`, { ...once(), ...ofCall(), body }),
    pickUp: (attempt: string) => api.post(`${AGENT}/pickup`, { ...once(), body: { attempt } }),
    note: (lead: string, attempt: string | null, text: string, key: string) =>
      api.post(`${AGENT}/notes`, { ...once(), body: { lead, attempt, text, key } }),

    moveCallback: (id: string, body: Wire<'MovedCallback'>) =>
      api.patch('/api/v1/callbacks/{callback}', { path: { callback: id }, key: newKey(), body }),
    dropCallback: (id: string) =>
      api.delete('/api/v1/callbacks/{callback}', { path: { callback: id }, key: newKey() }),
    editLead: (lead: string, body: Wire<'LeadChange'>) =>
      api.patch('/api/v1/leads/{lead}', { path: { lead }, key: newKey(), body }),
    messages: () => api.get('/api/v1/messages').then((it) => it.received),
    parked: (pool: string) =>
      api.get('/api/v1/floors/{pool}/parked', { path: { pool } }).then((it) => it.parked),
    markRead: (id: string) =>
      api.post('/api/v1/messages/{message}/read', { path: { message: id }, key: newKey() }),
  }
}
export type DeskApi = ReturnType<typeof deskApi>
