import type { ChartSpec, Unit } from '@/design/chart/types'
import type { Wire } from '@/api/wire'
import { count, share, timer } from '@/time/format'

export type Report = Wire<'ReportShown'>
export type Line = Wire<'LineShown'>
export type Cell = Wire<'CellShown'>
export type Figure = Wire<'FigureShown'>
export type Key = Line['keys'][number]

/** What a report shows where nobody has chosen yet. */
export const USUAL = [
  'dials',
  'connect_rate',
  'contacts',
  'avg_talk',
  'sales_calls',
  'call_close_rate',
  'abandon_rate',
]
/** More lines than this are no chart. */
const MOST_BARS = 62

/** A value as people read it; "–" where there is none. Lengths of time are hours, minutes, seconds. */
export function valueText(value: Cell['value'], unit: Figure['unit'], locale: string): string {
  if (value === null) return '–'
  if (unit === 'rate') return share(value, locale)
  if (unit === 'seconds') return timer(Math.round(value))
  return count(value, locale, unit === 'count' ? 0 : 1)
}

/** How a value has moved against another: by how many points of a rate, else by which share. */
export function change(
  now: Cell['value'],
  then: Cell['value'],
  unit: Figure['unit'],
): number | null {
  if (now === null || then === null) return null
  if (unit === 'rate') return now - then
  return then === 0 ? null : (now - then) / then
}

/** Good, bad, or neither. */
export function tone(moved: number | null, better: Figure['better']): 'good' | 'bad' | '' {
  if (!moved || better === 'neither') return ''
  return moved > 0 === (better === 'more') ? 'good' : 'bad'
}

export function changeText(moved: number, unit: Figure['unit'], locale: string): string {
  const sign = moved > 0 ? '+' : ''
  if (unit === 'rate') return `${sign}${count(moved * 100, locale, 1)} pp`
  return `${sign}${share(moved, locale)}`
}

/** The whole of a report: the line without keys. */
export const wholeOf = (lines: readonly Line[]): Line | null =>
  lines.find((it) => it.keys.length === 0) ?? null

/** Not a row fits: every number is nothing or nought. */
export const isNothing = (report: Report): boolean =>
  (wholeOf(report.lines)?.cells ?? []).every((it) => !it.numerator && !it.denominator)

/** The lines of the finest groups. */
export const groupsOf = (report: Report): Line[] =>
  report.by.length ? report.lines.filter((it) => it.keys.length === report.by.length) : []

/** The first figure of each group; null where no picture says more than the table. */
export function chartOf(
  report: Report,
  figure: Figure,
  place: number,
  names: (keys: readonly Key[]) => string,
  isTime: boolean,
  /** What the two periods are called, where there are two. */
  periods: { now: string; then: string } | null = null,
): ChartSpec | null {
  const groups = groupsOf(report)
  const isLine = isTime && report.by.length === 1 && groups.length > MOST_BARS
  if (groups.length < 2 || (groups.length > MOST_BARS && !isLine)) return null
  const unit: Unit =
    figure.unit === 'rate' ? 'share' : figure.unit === 'seconds' ? 'seconds' : 'count'
  const values = groups.map((it) => it.cells[place]?.value ?? null)
  const then = groups.map((it) => it.then?.[place]?.value ?? null)
  const kind = isLine ? 'line' : 'bar'
  return {
    labels: groups.map((it) => names(it.keys)),
    series: [
      { name: periods?.now ?? '', values, kind, unit },
      ...(periods ? [{ name: periods.then, values: then, kind, unit } as const] : []),
    ],
    lying: !isTime && groups.length > 8,
  }
}

type Forecast = Wire<'ForecastShown'>

/** The chart with what the figure will probably come to: its middle, and the band around it. */
export function withForecast(
  spec: ChartSpec,
  report: Report,
  forecast: Forecast,
  place: number,
  names: (keys: readonly Key[]) => string,
  words: { now: string; low: string; middle: string; high: string },
): ChartSpec {
  const there = groupsOf(report).map((it) => it.keys[0])
  const keys = [...there, ...forecast.steps.map((it) => it.key).filter((it) => !there.includes(it))]
  const bands = new Map(forecast.steps.map((it) => [it.key as Key, it.bands[place] ?? null]))
  const [first, ...others] = spec.series
  const rest = Array.from({ length: keys.length - there.length }, () => null)
  const longer = (values: readonly (number | null)[]) => [...values, ...rest]
  const band = (at: 0 | 1 | 2) => keys.map((it) => bands.get(it ?? null)?.[at] ?? null)
  const drawn = { kind: 'line', soft: true, ...(first?.unit ? { unit: first.unit } : {}) } as const
  return {
    ...spec,
    labels: keys.map((it) => names([it ?? null])),
    series: [
      { ...first!, name: first!.name || words.now, values: longer(first!.values) },
      ...others.map((it) => ({ ...it, values: longer(it.values) })),
      { ...drawn, name: words.middle, values: band(1) },
      { ...drawn, name: words.low, values: band(0) },
      { ...drawn, name: words.high, values: band(2) },
    ],
  }
}
