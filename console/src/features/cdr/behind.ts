import type { Wire } from '@/api/wire'
import { count, dayAndTime, placeOf, timeOfDay } from '@/time/format'

type Whole = Wire<'WholeCall'>
const SEEN = ['place', 'ready', 'talking', 'ringing', 'waiting'] as const
type Say = (key: string, values?: Record<string, unknown>) => string

/** Why the call was dialed, a sentence each; what was not kept of older calls is left out. */
export function dialedBecause({ call, why }: Whole, t: Say, locale: string): string[] {
  const said: (string | false | null)[] = [
    t(`cdr.why.mode.${call.mode}`, { rep: why.for_agent_name || (why.for_agent ?? '') }),
    why.list_name !== '' &&
      t('cdr.why.list', { list: why.list_name, campaign: call.campaign_title }),
    why.lead_attempt !== null &&
      t('cdr.why.attempt', { lead: why.lead_attempt, number: why.number_attempt }),
    why.callback_at !== null
      ? t('cdr.why.callback', { when: dayAndTime(why.callback_at, locale) })
      : turn(why, t, locale),
    pace(why.paced, t, locale),
    why.pardon !== null && t(`cdr.why.pardon.${why.pardon}`),
    why.lead_attempt === null && t('cdr.why.older'),
  ]
  return said.filter((it): it is string => !!it)
}

function turn(why: Whole['why'], t: Say, locale: string): string | null {
  if (why.priority === null) return null
  const priority = why.priority
  return why.due_at === null
    ? t('cdr.why.first', { priority })
    : t('cdr.why.due', { priority, when: dayAndTime(why.due_at, locale) })
}

function pace(paced: Whole['why']['paced'], t: Say, locale: string): string | null {
  if (paced === null) return null
  const said = SEEN.map((name) => [name, count(paced[name], locale)] as const)
  const method = t(`cdr.why.method.${paced.method}`)
  return t('cdr.why.paced', { ...Object.fromEntries(said), method })
}

/** Which rules let the number be called then, as the gate found it. */
export function allowedBy({ allowed }: Whole, t: Say, locale: string): string[] {
  if (allowed === null) return [t('cdr.allowed.older')]
  return [
    ...hours(allowed, t, locale),
    t('cdr.allowed.dnc', { when: timeOfDay(allowed.at, locale, undefined, true) }),
    t('cdr.allowed.day', { n: allowed.today, most: allowed.max_per_day }),
    t('cdr.allowed.day24', { n: allowed.in_24h, most: allowed.max_per_24h }),
    allowed.last_ended_at === null
      ? t('cdr.allowed.noneBefore', { pause: allowed.pause_minutes })
      : t('cdr.allowed.pause', {
          ago: Math.floor((allowed.at - allowed.last_ended_at) / 60),
          pause: allowed.pause_minutes,
        }),
  ]
}

function hours(allowed: NonNullable<Whole['allowed']>, t: Say, locale: string): string[] {
  return allowed.zones.map((zone) => {
    const place = placeOf(zone, locale)
    const time = timeOfDay(allowed.at, locale, zone)
    if (allowed.any_hour) return t('cdr.allowed.anyHour', { place, time })
    const until = allowed.until === null ? '' : timeOfDay(allowed.until, locale, zone)
    return until
      ? t('cdr.allowed.hours', { place, time, until })
      : t('cdr.allowed.open', { place, time })
  })
}
