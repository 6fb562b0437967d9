import {
  CalendarDate,
  endOfMonth,
  fromAbsolute,
  getLocalTimeZone,
  parseDate,
  startOfMonth,
  startOfWeek,
  toCalendarDate,
  toZoned,
  type DateValue,
} from '@internationalized/date'

/** Days without a time of day: both ends count. ISO: "2026-11-30". */
export interface Days {
  from: string
  to: string
}
export const PRESETS = [
  'today',
  'yesterday',
  'thisWeek',
  'lastWeek',
  'last7',
  'thisMonth',
  'lastMonth',
  'last30',
] as const
export type Preset = (typeof PRESETS)[number]
const FIRST_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** 0 (Sunday) to 6: what a week of that locale begins with; "en" is read with the browser's region. */
export function weekStart(locale: string, browser: readonly string[] = []): number {
  const regional = browser.find((it) => it.split('-')[0] === locale.split('-')[0] && it !== locale)
  const known = new Intl.Locale(regional ?? locale) as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number }
    weekInfo?: { firstDay: number }
  }
  const found = known.getWeekInfo?.() ?? known.weekInfo
  return (found?.firstDay ?? (known.language === 'zh' ? 1 : 7)) % 7
}

/** The day it is now in a zone. `now`: unix seconds. */
export function dayOf(now: number, zone = getLocalTimeZone()): CalendarDate {
  return toCalendarDate(fromAbsolute(now * 1000, zone))
}

const span = (from: CalendarDate, to: CalendarDate): Days => ({
  from: from.toString(),
  to: to.toString(),
})

/** The days a preset means on that day; a week or month that still runs ends with the day itself. */
export function daysOf(preset: Preset, today: CalendarDate, firstDay: number): Days {
  const week = startOfWeek(today, 'en', FIRST_DAYS[firstDay])
  const month = startOfMonth(today)
  const lastMonth = month.subtract({ months: 1 })
  const means: Record<Preset, () => Days> = {
    today: () => span(today, today),
    yesterday: () => span(today.subtract({ days: 1 }), today.subtract({ days: 1 })),
    thisWeek: () => span(week, today),
    lastWeek: () => span(week.subtract({ days: 7 }), week.subtract({ days: 1 })),
    last7: () => span(today.subtract({ days: 6 }), today),
    thisMonth: () => span(month, today),
    lastMonth: () => span(lastMonth, endOfMonth(lastMonth)),
    last30: () => span(today.subtract({ days: 29 }), today),
  }
  return means[preset]()
}

/** The preset that means just these days today, if one does. */
export function presetOf(days: Days, today: CalendarDate, firstDay: number): Preset | null {
  return (
    PRESETS.find((preset) => {
      const meant = daysOf(preset, today, firstDay)
      return meant.from === days.from && meant.to === days.to
    }) ?? null
  )
}

const startsAt = (day: CalendarDate, zone: string) => toZoned(day, zone).toDate().getTime() / 1000

/** Unix seconds from the first moment of the first day to the one after the last. */
export function momentsOf(days: Days, zone = getLocalTimeZone()): { since: number; until: number } {
  const after = parseDate(days.to).add({ days: 1 })
  return { since: startsAt(parseDate(days.from), zone), until: startsAt(after, zone) }
}

/** A day as the locale writes it: "30 Nov 2026", "2026年11月30日". */
export function dayText(day: string, locale: string): string {
  const style = { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' } as const
  return new Intl.DateTimeFormat(locale, style).format(parseDate(day).toDate('UTC'))
}

/** "9", "930", "9:30", "９：３０", "9点半" as minutes after midnight; null: no time of day. */
export function minutesOf(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/[点时.]/, ':')
    .replace(/半$/, '30')
    .replace(/分$/, '')
  const found = /^(\d{1,2}):?(\d{2})?$/.exec(plain) ?? /^(\d{1,2}):$/.exec(plain)
  if (!found) return null
  const [hour, minute] = [Number(found[1]), Number(found[2] ?? 0)]
  return hour < 24 && minute < 60 ? hour * 60 + minute : null
}

export const timeText = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((it) => String(it).padStart(2, '0')).join(':')

/** A moment (unix seconds) as day and minutes of the zone, and back. */
export function splitMoment(at: number, zone: string): { day: string; minutes: number } {
  const there = fromAbsolute(at * 1000, zone)
  return { day: toCalendarDate(there).toString(), minutes: there.hour * 60 + there.minute }
}

export function joinMoment(day: string, minutes: number, zone: string): number {
  const time = { hour: Math.floor(minutes / 60), minute: minutes % 60 }
  return toZoned(parseDate(day), zone).set(time).toDate().getTime() / 1000
}

export const read = (day: string | null): CalendarDate | undefined => {
  try {
    return day ? parseDate(day) : undefined
  } catch {
    return undefined
  }
}
export const write = (day: DateValue): string => day.toString().slice(0, 10)
export const localZone = getLocalTimeZone

/** Only the limits there are: a missing one must not be passed on. */
export function limits(min?: string | null, max?: string | null) {
  const [minValue, maxValue] = [read(min ?? null), read(max ?? null)]
  return { ...(minValue && { minValue }), ...(maxValue && { maxValue }) }
}
