/** Times of day in the lead's own zone: a wish of "Tuesday at ten" as a moment, and back. */

export interface Zone {
  /** IANA name; null where only the offset is known. */
  name: string | null
  offsetMinutes: number
  /** The browser's rules for the zone are not the server's: the offset alone counts. */
  isFixed?: boolean
}

/** A zone as the server tells it, with its offset at `at`. Countries change their clocks, and a
 * browser may be older than the server's time zones: where the two differ, the server is right. */
export function zoneAt(name: string, offsetMinutes: number, at: number): Zone {
  const zone = { name, offsetMinutes }
  return offsetAt(zone, at) === offsetMinutes ? zone : { ...zone, isFixed: true }
}

/** Minutes east of UTC in the zone at a moment (unix seconds). */
export function offsetAt(zone: Zone, at: number): number {
  if (zone.name === null || zone.isFixed) return zone.offsetMinutes
  const wall = wallOf(zone.name, at)
  return wall === null ? zone.offsetMinutes : Math.round((wall - at) / 60)
}

/** The zone's wall clock at `at`, as if it were UTC; null for a zone this browser does not know. */
function wallOf(name: string, at: number): number | null {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    }).formatToParts(at * 1000)
    const of = (type: string) => Number(parts.find((part) => part.type === type)?.value)
    const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'))
    return wall / 1000 + (at % 60)
  } catch {
    return null
  }
}

/** `2026-01-31` and `09:30` on the zone's clocks as unix seconds; null when they are no date and
 * time. An hour that the clocks skip counts as the hour after it. */
export function momentOf(date: string, time: string, zone: Zone): number | null {
  const day = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date)
  const hour = /^(\d\d):(\d\d)$/.exec(time)
  if (!day || !hour) return null
  const [h, m] = [Number(hour[1]), Number(hour[2])]
  const wall = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]), h, m) / 1000
  if (!Number.isFinite(wall) || h > 23 || m > 59) return null
  const first = wall - offsetAt(zone, wall - zone.offsetMinutes * 60) * 60
  // Once more with the offset of the moment found: on the day the clocks change they differ.
  return wall - offsetAt(zone, first) * 60
}

/** The zone's date and time of a moment, as the browser's own fields want them. */
export function fieldsOf(at: number, zone: Zone): { date: string; time: string } {
  const shown = new Date((at + offsetAt(zone, at) * 60) * 1000).toISOString()
  return { date: shown.slice(0, 10), time: shown.slice(11, 16) }
}

/** A moment as the API takes it: with the zone's offset. */
export function withOffset(at: number, zone: Zone): string {
  const minutes = offsetAt(zone, at)
  const { date, time } = fieldsOf(at, zone)
  const size = Math.abs(minutes)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date}T${time}:00${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

/** A time of day as people type it (`9`, `930`, `09:30`, `9.30`) as `09:30`; null when it is none. */
export function timeOf(typed: string): string | null {
  const found =
    /^\s*(\d{1,2})(?:\s*[:.：时]\s*(\d{1,2})?|(\d{2}))?\s*$/.exec(typed) ??
    /^\s*(\d{1,2})(\d{2})\s*$/.exec(typed)
  if (!found) return null
  const [h, m] = [Number(found[1]), Number(found[2] ?? found[3] ?? 0)]
  if (h > 23 || m > 59) return null
  return `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`
}

/** Today and the days after it on the zone's calendar, as `2026-01-31`. */
export function daysFrom(now: number, zone: Zone, count: number): string[] {
  const { date } = fieldsOf(now, zone)
  const first = Date.parse(`${date}T00:00:00Z`)
  return Array.from({ length: count }, (_, n) =>
    new Date(first + n * 86_400_000).toISOString().slice(0, 10),
  )
}

export type Fault = 'empty' | 'past' | 'far'

/** Why a wished time cannot be; null when it can. */
export function faultOf(at: number | null, now: number, maxDays: number): Fault | null {
  if (at === null) return 'empty'
  if (at <= now) return 'past'
  return at > now + maxDays * 86_400 ? 'far' : null
}

export type Quick = 'hour' | 'two' | 'tomorrow' | 'afternoon' | 'week'
export const QUICK: Quick[] = ['hour', 'two', 'tomorrow', 'afternoon', 'week']

/** The moments most often agreed on, on the lead's clock; whole quarters of an hour. */
export function quickMoment(quick: Quick, now: number, zone: Zone): number {
  if (quick === 'hour' || quick === 'two') {
    return Math.ceil((now + (quick === 'hour' ? 3600 : 7200)) / 900) * 900
  }
  const days = quick === 'week' ? 7 : 1
  const { date } = fieldsOf(now + days * 86_400, zone)
  return momentOf(date, quick === 'afternoon' ? '15:00' : '10:00', zone) ?? now + days * 86_400
}
