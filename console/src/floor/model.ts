import { shownState, type ShownState } from '@/design/states'

/** Rows of the live topics `floor/POOL` and `campaigns`: docs/live.md. Times are unix seconds. */
export interface Rep {
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
  leaving: string
  activity?: string
  by?: string | null
  watchers?: { who: string; mode: string }[]
}

export interface Call {
  attempt: string
  campaign: string
  lead: string
  number: string
  phase: string
  since: number
  placed_at: number
  agent: string | null
  mode?: string
  held_by?: string
  recording?: string
}

export interface CampaignRow {
  campaign: string
  pool: string
  state: string
  leads: Record<string, number>
  in_progress: Record<string, number>
  placed: number
  answered: number
  connected: number
  abandoned: number
  machines: number
  connect_rate: number | null
  abandon_rate: number | null
  talk_seconds: number
  mean_wait_seconds: number | null
  windows?: Record<string, { abandoned: number; answered: number }>
  scheduled?: { at: number | null; what: 'start' | 'pause'; overridden?: boolean } | null
}

export interface Ended {
  attempt: string
  campaign: string
  number: string
  outcome: string
  agent: string | null
  ended_at: number
  talk_seconds: number | null
}

export interface PacingWindow {
  group: string
  limit: number
  answered: number
  abandoned: number
  budget: number
  reserve?: number
  closes_at?: number | null
}

/** The pacer's last decision: docs/pacing.md, `explain()`. */
export interface Pacing {
  method: string
  at: number
  place: number
  ready: number
  talking: number
  wrapup: number
  ringing: number
  waiting: number
  leaving?: number
  windows?: PacingWindow[]
  bound_by?: string | null
  answer_rate?: number | null
  threshold?: number | null
  chance?: number | null
  expected_free?: number | null
  expected_answers?: number | null
  horizon_s?: number | null
  why?: { en?: string; zh?: string }
}

export interface Thresholds {
  /** Seconds in a state from which a row warns, and from which it alarms. */
  [state: string]: { warn: number; alarm: number } | undefined
}

export const DEFAULT_THRESHOLDS: Thresholds = {
  ready: { warn: 60, alarm: 300 },
  talking: { warn: 600, alarm: 1800 },
  hold: { warn: 45, alarm: 120 },
  wrapup: { warn: 45, alarm: 120 },
  paused: { warn: 600, alarm: 1200 },
  lost: { warn: 3, alarm: 20 },
  preview: { warn: 60, alarm: 180 },
}

export interface RepLine extends Rep {
  shown: ShownState
  call: Call | null
}

/** Reps as the table shows them. */
export function lines(reps: Record<string, Rep>, calls: Record<string, Call>): RepLine[] {
  return Object.values(reps).map((rep) => ({
    ...rep,
    shown: shownState(rep),
    call: rep.attempt ? (calls[rep.attempt] ?? null) : null,
  }))
}

export type Column = 'state' | 'name' | 'time' | 'campaign' | 'calls' | 'talk'

/** Who needs a look comes first: no phone, then those one waits for, then work, then away. */
const ORDER: ShownState[] = [
  'lost',
  'hold',
  'talking',
  'dialing',
  'preview',
  'wrapup',
  'ready',
  'paused',
  'out',
]

export function sorted(rows: RepLine[], by: Column, down: boolean): RepLine[] {
  const sign = down ? -1 : 1
  const compare = COMPARE[by]
  return [...rows].sort((a, b) => sign * compare(a, b) || a.name.localeCompare(b.name))
}

const COMPARE: Record<Column, (a: RepLine, b: RepLine) => number> = {
  state: (a, b) => ORDER.indexOf(a.shown) - ORDER.indexOf(b.shown),
  name: (a, b) => a.name.localeCompare(b.name),
  // Ascending is the shortest time in the state, so the latest `since` first.
  time: (a, b) => b.since - a.since,
  campaign: (a, b) => (a.campaign ?? '').localeCompare(b.campaign ?? ''),
  calls: (a, b) => a.calls - b.calls,
  talk: (a, b) => a.talk_seconds - b.talk_seconds,
}

export function found(rows: RepLine[], text: string, states: ReadonlySet<ShownState>): RepLine[] {
  const wanted = text.trim().toLowerCase()
  return rows.filter(
    (row) =>
      (states.size === 0 || states.has(row.shown)) &&
      (wanted === '' ||
        [row.name, row.agent, row.campaign ?? ''].some((it) => it.toLowerCase().includes(wanted))),
  )
}

export function countStates(rows: RepLine[]): { state: ShownState; count: number }[] {
  return ORDER.map((state) => ({ state, count: rows.filter((row) => row.shown === state).length }))
}

export type Level = '' | 'warn' | 'alarm'

export function level(row: RepLine, now: number, thresholds: Thresholds): Level {
  const limits = thresholds[row.shown]
  if (!limits) return ''
  const seconds = now - row.since
  return seconds >= limits.alarm ? 'alarm' : seconds >= limits.warn ? 'warn' : ''
}

/** Phases of an attempt, in the order of a call. */
export const PHASES = ['dialing', 'ringing', 'waiting', 'talking', 'held', 'message'] as const
export type Phase = (typeof PHASES)[number]

const SHOWN_PHASE: Record<string, Phase> = {
  placing: 'dialing',
  dialing: 'dialing',
  ringing: 'ringing',
  answered: 'waiting',
  waiting: 'waiting',
  reserved: 'waiting',
  talking: 'talking',
  held: 'held',
  message: 'message',
}

export function countPhases(calls: Call[]): Record<Phase, number> {
  const counts = Object.fromEntries(PHASES.map((phase) => [phase, 0])) as Record<Phase, number>
  for (const call of calls) {
    const phase = SHOWN_PHASE[call.phase]
    if (phase) counts[phase] += 1
  }
  return counts
}

export interface Budget {
  window: string
  limit: number
  abandoned: number
  answered: number
  /** 0 to 1; null while nobody answered. */
  rate: number | null
  /** How many more people may be abandoned as things stand; below 0: over the limit. */
  left: number
  level: 'good' | 'near' | 'over'
}

/** A legal window against its limit (a share, 0 to 1). */
export function budget(
  window: string,
  counts: { abandoned: number; answered: number },
  limit: number,
): Budget {
  const rate = counts.answered > 0 ? counts.abandoned / counts.answered : null
  const left = limit * counts.answered - counts.abandoned
  const over = rate !== null && rate > limit
  return {
    window,
    limit,
    abandoned: counts.abandoned,
    answered: counts.answered,
    rate,
    left,
    level: over ? 'over' : rate !== null && rate > (limit * 2) / 3 ? 'near' : 'good',
  }
}

/** Leads that can still be dialed. */
export function leadsLeft(leads: Record<string, number>): number {
  return ['new', 'queued', 'retry', 'callback', 'calling'].reduce(
    (sum, state) => sum + (leads[state] ?? 0),
    0,
  )
}

/** Hours until the list is through at this pace; null while nothing can be said.
 * `past`: (moment, placed) a while ago, `now`: the same now. */
export function hoursLeft(
  left: number,
  past: { at: number; placed: number } | undefined,
  now: { at: number; placed: number },
): number | null {
  if (!past || now.at - past.at < 20 || now.placed <= past.placed) return null
  const perSecond = (now.placed - past.placed) / (now.at - past.at)
  return left / perSecond / 3600
}

/** Keeps about ten minutes of (moment, placed), oldest first. */
export function remembered(
  trail: { at: number; placed: number }[],
  now: { at: number; placed: number },
): { at: number; placed: number }[] {
  const last = trail.at(-1)
  if (last && (now.placed < last.placed || now.at - last.at < 5)) {
    return now.placed < last.placed ? [now] : trail
  }
  return [...trail, now].filter((it) => now.at - it.at <= 600)
}
