import type { Wire } from '@/api/wire'
import { shownState, type ShownState } from '@/design/states'

export type Rep = Wire<'AgentView'>
export type Call = Wire<'CallView'>
export type CampaignRow = Wire<'CampaignRow'>
export type Ended = Wire<'EndedView'>
export type Pacing = Wire<'PacingView'>

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

/** Rows of a topic by their key. */
export type Rows<T> = Record<string, T>

/** Reps as the table shows them. */
export function lines(reps: Rows<Rep>, calls: Rows<Call>): RepLine[] {
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
  counts: { abandoned: number; answered: number; rate: number | null },
  limit: number,
): Budget {
  const { rate } = counts
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
  return ['new', 'queued', 'retry', 'calling'].reduce((sum, state) => sum + (leads[state] ?? 0), 0)
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
