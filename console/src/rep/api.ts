/** The calls of a rep's desk. Their types are written by hand where the API's document is younger
 * than this file; see `types.ts`. */
import { api } from '@/api/client'
import type {
  CallRow,
  Callback,
  Card,
  DeskSettings,
  Message,
  Note,
  OwnCall,
  Targets,
  Today,
} from './types'

interface Asked {
  path?: Record<string, string>
  query?: Record<string, string | number>
  body?: unknown
}
type Ask = (path: string, options?: Asked) => Promise<unknown>
const raw = api as unknown as Record<'get' | 'post' | 'put' | 'patch' | 'delete', Ask>

const AGENT = '/api/v1/agents/{agent}'

export interface Finish {
  disposition: string | null
  then_pause: boolean
  call_back_at?: string
  call_back_owner?: 'me' | 'anyone'
  note?: string
}
export interface Transfer {
  to: { kind: 'agent' | 'pool' | 'number'; value: string }
  how: 'blind' | 'warm'
}
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

/** Everything that one rep's desk asks of the server. */
export function deskApi(agent: string) {
  const path = { agent }
  const get = <T>(tail: string, query: Record<string, string | number> = {}) =>
    raw.get(`${AGENT}/${tail}`, { path, query }) as Promise<T>
  const post = (tail: string, body?: unknown) =>
    raw.post(`${AGENT}/${tail}`, body === undefined ? { path } : { path, body })

  return {
    desk: () => get<DeskSettings>('desk'),
    card: () => get<Card>('call'),
    today: () => get<Today>('today'),
    callbacks: () => get<{ callbacks: Callback[] }>('callbacks').then((answer) => answer.callbacks),
    calls: (limit = 30) => get<{ calls: OwnCall[] }>('calls', { limit }).then((it) => it.calls),
    targets: () => get<Targets>('transfer-targets'),

    order: (what: Order) => post(what),
    pause: (reason: string) => post('pause', { reason }),
    finish: (body: Finish) => post('finish', body),
    skip: (reason: string) => post('preview/skip', { reason }),
    dial: (body: { campaign: string; lead?: string; number?: string }) => post('dial', body),
    digits: (digits: string) => post('dtmf', { digits }),
    recording: (state: 'on' | 'paused') => post('recording', { state }),
    transfer: (body: Transfer) => post('transfer', body),
    pickUp: (attempt: string) => post('pickup', { attempt }),
    note: (lead: string, attempt: string | null, text: string) =>
      post('notes', { lead, attempt, text }) as Promise<Note>,

    moveCallback: (id: string, change: { due_at?: string; owner?: 'me' | 'anyone' }) =>
      raw.patch('/api/v1/callbacks/{id}', { path: { id }, body: change }),
    dropCallback: (id: string) => raw.delete('/api/v1/callbacks/{id}', { path: { id } }),
    editLead: (lead: string, body: unknown) =>
      raw.patch('/api/v1/leads/{lead}', { path: { lead }, body }),
    messages: () =>
      (raw.get('/api/v1/messages') as Promise<{ received: Message[] }>).then((it) => it.received),
    parked: (pool: string) =>
      (
        raw.get('/api/v1/floors/{pool}/parked', { path: { pool } }) as Promise<{
          parked: CallRow[]
        }>
      ).then((it) => it.parked),
    markRead: (id: string) => raw.post('/api/v1/messages/{id}/read', { path: { id } }),
  }
}
export type DeskApi = ReturnType<typeof deskApi>
