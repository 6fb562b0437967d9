import type { Wire } from '@/api/wire'

export type Schedule = Wire<'Schedule'>

/** What the server takes for whatever a schedule does not say. */
export const BY_DEFAULT: Required<Schedule> = { on: true, timezone: '', weekdays: {}, dates: {} }
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** "9:00-12:00, 13:00-17:00" as windows; null where one of them is none. */
export function readWindows(text: string): string[] | null {
  const parts = text
    .split(/[,，;；]/)
    .map((part) => part.trim().replace(/\s*[–—~至-]\s*/, '-'))
    .filter(Boolean)
  return parts.every(isWindow) ? parts : null
}

function isWindow(text: string): boolean {
  const match = /^(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(text)
  if (!match) return false
  const [from, to] = [minutes(match[1]!, match[2]!), minutes(match[3]!, match[4]!)]
  return from < to && to <= 24 * 60 && Number(match[2]) < 60 && Number(match[4]) < 60
}

const minutes = (h: string, m: string) => Number(h) * 60 + Number(m)

/** Exceptions, one per line: "2026-12-24: 9:00-12:00", or the date alone for a day off. */
export function readDates(text: string): Record<string, string[]> | null {
  const dates: Record<string, string[]> = {}
  for (const line of text
    .split('\n')
    .map((it) => it.trim())
    .filter(Boolean)) {
    const match = /^(\d{4}-\d\d-\d\d)\s*[:：]?\s*(.*)$/.exec(line)
    const windows = match ? readWindows(match[2]!) : null
    if (!match || !windows || Number.isNaN(Date.parse(match[1]!))) return null
    dates[match[1]!] = windows
  }
  return dates
}

export const writtenDates = (dates: Record<string, string[]>): string =>
  Object.entries(dates)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([date, windows]) => (windows.length ? `${date}: ${windows.join(', ')}` : date))
    .join('\n')
