import type { Wire } from '@/api/wire'
import { dayOf, daysOf, presetOf, read, type Days, type Preset } from '@/design/dates'

export type View = Wire<'ReportView'>
/** What a page of reports shows: a view without a name, of certain days. */
export type Shown = Pick<View, 'figures' | 'by' | 'where' | 'compare' | 'across' | 'hot'> & {
  days: Days
}
type Day = ReturnType<typeof dayOf>
export type Rule = Pick<View, 'period' | 'last_days' | 'first' | 'last'>

/** As on the server: weeks of figures begin on Monday. */
const MONDAY = 1
const PRESET: Partial<Record<View['period'], Preset>> = {
  today: 'today',
  yesterday: 'yesterday',
  this_week: 'thisWeek',
  last_week: 'lastWeek',
  this_month: 'thisMonth',
  last_month: 'lastMonth',
}
export const PERIODS: readonly View['period'][] = [
  'last_days',
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'days',
]

/** The days that a view is of on that day. */
export function daysMeant(view: Rule, today: Day): Days {
  const preset = PRESET[view.period]
  if (preset) return daysOf(preset, today, MONDAY)
  if (view.period === 'days' && view.first && view.last) return { from: view.first, to: view.last }
  return { from: today.subtract({ days: view.last_days - 1 }).toString(), to: today.toString() }
}

/** The rule by which people probably chose these days: what can be chosen by one click is no date. */
export function ruleOf(days: Days, today: Day): Rule {
  const preset = presetOf(days, today, MONDAY)
  const lasting = { last_days: lengthOf(days), first: days.from, last: days.to }
  if (preset === 'last7' || preset === 'last30') return { period: 'last_days', ...lasting }
  const found = PERIODS.find((it) => PRESET[it] && PRESET[it] === preset)
  return { period: found ?? 'days', ...lasting }
}
function lengthOf(days: Days): number {
  const [from, to] = [read(days.from), read(days.to)]
  return from && to ? Math.max(1, Math.min(366, to.compare(from) + 1)) : 1
}

/** Whether the page shows just what the view says. */
export const isAs = (view: View, shown: Shown, today: Day): boolean =>
  written({ ...view, days: daysMeant(view, today) }) === written(shown)

const written = (it: Shown): string =>
  JSON.stringify([
    it.figures,
    it.by,
    Object.entries(it.where).sort(([a], [b]) => (a < b ? -1 : 1)),
    it.compare,
    it.across,
    it.hot,
    it.days.from,
    it.days.to,
  ])
