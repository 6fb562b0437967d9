/** The calls of a rep's desk. Their types are written by hand where the API's document is younger
 * than this file; see `types.ts`. */
import { api } from '@/api/client'
import { newKey } from '@/api/keys'
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
  UnsaidCall,
} from './types'

interface Asked {
  path?: Record<string, string>
  query?: Record<string, string | number>
  body?: unknown
  key?: string
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
  note_key?: string
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

/**
 * Everything that one rep's desk asks of the server. Every write has a key, so that it is done once
 * however often it arrives; `current` is the attempt before the rep, as the desk shows it.
 */
export function deskApi(agent: string, current: () => string | null = () => null) {
  const path = { agent }
  const get = <T>(tail: string, query: Record<string, string | number> = {}) =>
    raw.get(`${AGENT}/${tail}`, { path, query }) as Promise<T>
  const write = (method: 'post' | 'patch' | 'delete', address: string, asked: Asked) =>
    raw[method](address, { ...asked, key: newKey() })
  function post(tail: string, body?: unknown, attempt = OF_CALL.has(tail) ? current() : null) {
    const asked: Asked = { path }
    if (attempt) asked.query = { attempt }
    if (body !== undefined) asked.body = body
    return write('post', `${AGENT}/${tail}`, asked)
  }

  return {
    desk: () => get<DeskSettings>('desk'),
    card: () => get<Card>('call'),
    today: () => get<Today>('today'),
    callbacks: () => get<{ callbacks: Callback[] }>('callbacks').then((answer) => answer.callbacks),
    calls: (limit = 30) => get<{ calls: OwnCall[] }>('calls', { limit }).then((it) => it.calls),
    unsaid: () => get<{ calls: UnsaidCall[] }>('unsaid').then((it) => it.calls),
    targets: () => get<Targets>('transfer-targets'),

    order: (what: Order) => post(what),
    pause: (reason: string) => post('pause', { reason }),
    finish: (attempt: string, body: Finish) => post('finish', body, attempt),
    skip: (reason: string) => post('preview/skip', { reason }),
    dial: (body: { campaign: string; lead?: string; number?: string }) => post('dial', body),
    digits: (digits: string) => post('dtmf', { digits }),
    recording: (state: 'on' | 'paused') => post('recording', { state }),
    transfer: (body: Transfer) => post('transfer', body),
    pickUp: (attempt: string) => post('pickup', { attempt }),
    note: (lead: string, attempt: string | null, text: string, key: string) =>
      post('notes', { lead, attempt, text, key }) as Promise<Note>,

    moveCallback: (id: string, change: { due_at?: string; owner?: 'me' | 'anyone' }) =>
      write('patch', '/api/v1/callbacks/{id}', { path: { id }, body: change }),
    dropCallback: (id: string) => write('delete', '/api/v1/callbacks/{id}', { path: { id } }),
    editLead: (lead: string, body: unknown) =>
      write('patch', '/api/v1/leads/{lead}', { path: { lead }, body }),
    messages: () =>
      (raw.get('/api/v1/messages') as Promise<{ received: Message[] }>).then((it) => it.received),
    parked: (pool: string) =>
      (
        raw.get('/api/v1/floors/{pool}/parked', { path: { pool } }) as Promise<{
          parked: CallRow[]
        }>
      ).then((it) => it.parked),
    markRead: (id: string) => write('post', '/api/v1/messages/{id}/read', { path: { id } }),
  }
}
export type DeskApi = ReturnType<typeof deskApi>
