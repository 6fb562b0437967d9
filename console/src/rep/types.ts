/** What the server tells a rep's desk: rows of the live topic `agent/CODE` and answers of the API.
 * Times are unix seconds, numbers masked by role. */

export interface Watcher {
  who: string
  mode: string
}

export interface AgentRow {
  agent: string
  name: string
  pool: string
  state: string
  reason: string
  since: number
  phone: string
  attempt: string | null
  campaign: string | null
  calls: number
  talk_seconds: number
  /** What follows the call: "" goes on as usual. */
  leaving: '' | 'pause' | 'out'
  leaving_reason?: string
  wrapup_ends?: number | null
  preview_ends?: number | null
  /** The call that is being written up. */
  wrapup_of?: string | null
  last_attempt?: string | null
  last_outcome?: string | null
  activity?: '' | 'hold' | 'consult' | 'conference'
  /** Who put the rep into this state, if it was somebody else. */
  by?: string
  watchers?: Watcher[]
}

export interface Party {
  id: string
  kind: 'rep' | 'external' | 'supervisor'
  label: string
  state: 'calling' | 'waiting' | 'talking'
}

export interface CallRow {
  attempt: string
  campaign: string
  lead: string
  number: string
  phase: string
  since: number
  placed_at: number
  agent: string | null
  mode?: CallMode
  held_by?: '' | 'agent' | 'phone' | 'park'
  /** The callee is held no longer than this. */
  held_until?: number | null
  recording?: 'off' | 'on' | 'paused'
  parties?: Party[]
}

export type CallMode = 'auto' | 'preview' | 'manual' | 'callback'
export type Group = 'sale' | 'contact' | 'no_contact' | 'callback' | 'dnc' | 'system'

export interface Disposition {
  code: string
  title: string
  title_zh: string
  group: Group
  key: number | null
  /** A time to call back belongs to it. */
  asks_time: boolean
}

export interface LocalTime {
  zone: string
  utc_offset_minutes: number
  /** False: one of several zones the number may be in. */
  is_certain: boolean
}

export interface CardCall {
  attempt: string
  at: number
  mode: CallMode
  outcome: string | null
  disposition: string | null
  title: string | null
  title_zh: string | null
  agent: string | null
  agent_name: string | null
  talk_seconds: number | null
  note: string | null
}

export interface Note {
  id: string
  at: number
  who: string
  text: string
  attempt: string | null
  kind: 'note' | 'skip'
}

export interface ScriptRun {
  text: string
  strong: boolean
  em: boolean
  field: string | null
  missing: boolean
}

export interface ScriptBlock {
  kind: 'paragraph' | 'heading' | 'quote' | 'bullets' | 'numbers' | 'rule'
  items: ScriptRun[][]
}

export interface Script {
  language: string
  steps: { title: ScriptRun[]; blocks: ScriptBlock[] }[]
}

export interface Callback {
  id: string
  lead: string
  lead_name: string
  campaign: string
  number: string
  due_at: number
  owner: 'me' | 'anyone'
  agent: string | null
  made_by: string
  local_time: LocalTime | null
  is_overdue: boolean
  tries_at: number
  why: string
}

export interface Card {
  attempt: string
  stage: 'preview' | 'dialing' | 'reserved' | 'talking' | 'wrapup'
  mode: CallMode
  campaign: { name: string; title: string; company: string }
  lead: {
    id: string
    name: string
    language: string | null
    timezone: string | null
    local_time: LocalTime | null
    fields: Record<string, string>
    editable: string[]
    owner: string | null
    owner_name: string | null
    state: string
  }
  number: string
  extension: string
  caller_id: string
  attempt_number: number
  max_attempts: number
  badges: { consent: 'yes' | 'no' | 'unknown'; dnc: boolean }
  history: CardCall[]
  notes: Note[]
  script: Script | null
  dispositions: Disposition[]
  disposition_required: boolean
  call_back: { max_days: number; grace_seconds: number }
  callback: Callback | null
}

export interface DeskCampaign {
  name: string
  title: string
  mode: 'auto' | 'preview' | 'manual'
  state: string
  region: string
  dial_numbers: boolean
  dispositions: Disposition[]
  disposition_required: boolean
  preview_seconds: number
  wrapup_seconds: number
}

/** What does not change from call to call. */
export interface DeskSettings {
  agent: string
  pool: string
  pause_reasons: string[]
  campaigns: DeskCampaign[]
}

export interface Today {
  since: number
  now: number
  login_seconds: number
  talk_seconds: number
  wait_seconds: number
  wrapup_seconds: number
  pause_seconds: number
  preview_seconds: number
  dialing_seconds: number
  pauses: Record<string, number>
  calls: number
  sales: number
  dispositions: Record<string, number>
  goal?: { calls?: number | null; sales?: number | null } | null
}

export interface Why {
  slug: string
  at: number
  figures: Record<string, number | string | null>
}

export interface OwnCall {
  attempt: string
  campaign: string
  lead: string
  lead_name: string
  number: string
  mode: CallMode
  at: number
  answered_at: number | null
  connected_at: number | null
  ended_at: number | null
  outcome: string | null
  disposition: string | null
  title: string | null
  title_zh: string | null
  /** False: another rep has or had it in the end. */
  is_mine: boolean
  talk_seconds: number | null
  wrapup_seconds: number | null
  hangup_by: string | null
  why: Why[]
}

/** A conversation of which the rep still has to say what came. */
export interface UnsaidCall extends OwnCall {
  dispositions: Disposition[]
  call_back: { max_days: number; grace_seconds: number }
}

export interface Message {
  id: string
  who: string
  text: string
  at: number
  read_at: number | null
}

export interface Targets {
  agents: { agent: string; name: string; state: string }[]
  numbers: { label: string; value: string }[]
  /** Other numbers, too, if the rules allow each. */
  any_number: boolean
}
