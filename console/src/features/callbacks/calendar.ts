/** A calendar of callbacks: where each stands, what clashes, and where it goes when it is moved. */
import type { Wire } from '@/api/wire'

export type Calendar = Wire<'Calendar'>
export type Entry = Wire<'CalendarEntry'>
export type Hours = Wire<'CalleeHours'>

export const DAY_S = 86_400
/** A callback stands for so many minutes on the calendar; nearer ones of one rep clash. */
export const BLOCK_MIN = 30
export const CLASH_S = 10 * 60
/** What a step of the keyboard, and the grid under the pointer, moves. */
export const STEP_MIN = 15

/** Midnight (browser's time) of the day of a moment, unix seconds; `days` after it. */
export function midnight(at: number, days = 0): number {
  const date = new Date(at * 1000)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime() / 1000
}

/** The midnights of the days shown, and the one after them: clocks may change in between. */
export function daysOf(view: 'day' | 'week', at: number): number[] {
  const back = view === 'week' ? (new Date(at * 1000).getDay() + 6) % 7 : 0
  const count = view === 'week' ? 7 : 1
  return Array.from({ length: count + 1 }, (_, n) => midnight(at, n - back))
}

/** Minutes after the day's midnight, as the wall clock shows them. */
export function minuteOf(at: number): number {
  const date = new Date(at * 1000)
  return date.getHours() * 60 + date.getMinutes()
}

/** The moment of a wall-clock minute of a day. */
export function momentAt(day: number, minute: number): number {
  const date = new Date(day * 1000)
  date.setHours(0, minute, 0, 0)
  return date.getTime() / 1000
}

export interface Placed {
  entry: Entry
  minute: number
  lane: number
  lanes: number
}

/** The entries of one day, those that overlap side by side. */
export function placed(entries: Entry[], from: number, until: number): Placed[] {
  const own = entries
    .filter((it) => it.due_at >= from && it.due_at < until)
    .sort((a, b) => a.due_at - b.due_at)
  const found: Placed[] = []
  let group: Placed[] = []
  for (const entry of own) {
    const minute = minuteOf(entry.due_at)
    if (group.length && group.every((it) => it.minute + BLOCK_MIN <= minute)) group = []
    const taken = new Set(group.filter((it) => it.minute + BLOCK_MIN > minute).map((it) => it.lane))
    let lane = 0
    while (taken.has(lane)) lane += 1
    const it = { entry, minute, lane, lanes: 1 }
    group.push(it)
    found.push(it)
    const lanes = Math.max(...group.map((one) => one.lane)) + 1
    for (const one of group) one.lanes = lanes
  }
  return found
}

/** Others whom the same rep has promised a call at nearly the same time. */
export function clashes(entries: Entry[], id: string, at: number, whose: string): Entry[] {
  return entries.filter(
    (it) => it.id !== id && rep(it) === whose && Math.abs(it.due_at - at) < CLASH_S,
  )
}

/** Who is to call; of a callback for anyone, who agreed on it. */
export const rep = (entry: Entry): string => entry.agent ?? entry.made_by

export function isOpen(hours: Hours | undefined, at: number): boolean {
  return hours?.open.some((it) => it.since <= at && at < it.until) ?? false
}

/** Parts of a day in which these callees may not be called, as minutes from and to. */
export function closedParts(hours: Hours, from: number, until: number): [number, number][] {
  const parts: [number, number][] = []
  let at = from
  for (const span of hours.open) {
    if (span.until <= from || span.since >= until) continue
    if (span.since > at) parts.push([minuteOf(at), minuteOf(span.since)])
    at = Math.max(at, span.until)
  }
  if (at < until) parts.push([minuteOf(at), 24 * 60])
  return parts.filter(([since, end]) => end > since)
}

/** First and last hour on the screen: usual hours, and what is agreed on outside of them. */
export function hoursShown(entries: Entry[]): [number, number] {
  const hours = entries.map((it) => Math.floor(minuteOf(it.due_at) / 60))
  return [Math.min(8, ...hours), Math.max(21, ...hours.map((it) => it + 1))]
}

/** Where an entry goes by a key: days left and right, steps up and down; null: not a move. */
export function movedBy(key: string, at: number): number | null {
  const step = STEP_MIN * 60
  if (key === 'ArrowUp') return at - step
  if (key === 'ArrowDown') return at + step
  const days = { ArrowLeft: -1, ArrowRight: 1 }[key]
  return days === undefined ? null : momentAt(midnight(at, days), minuteOf(at))
}
