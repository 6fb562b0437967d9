import { count, share, timer } from '@/time/format'
import type { ChartSpec, Palette, Series, Unit } from './types'

/** A figure as the reader writes it. */
export function written(value: number | null | undefined, unit: Unit, locale: string): string {
  if (value === null || value === undefined) return '–'
  if (unit === 'share') return share(value, locale)
  return unit === 'seconds' ? timer(value) : count(value, locale, 1)
}

const unitOf = (spec: ChartSpec, right: boolean): Unit =>
  spec.series.find((it) => (it.right ?? false) === right)?.unit ?? 'count'

function axis(spec: ChartSpec, right: boolean, palette: Palette, locale: string) {
  return {
    type: 'value',
    min: 0,
    splitLine: { show: !right, lineStyle: { color: palette.line } },
    axisLabel: {
      color: palette.muted,
      fontSize: 12,
      formatter: (value: number) => written(value, unitOf(spec, right), locale),
    },
  }
}

function drawn(it: Series, n: number, spec: ChartSpec, palette: Palette) {
  const colour = palette.series[n % palette.series.length]!
  const isLine = it.kind !== 'bar'
  const limits = n === 0 ? (spec.limits ?? []) : []
  return {
    name: it.name,
    type: isLine ? 'line' : 'bar',
    data: [...it.values],
    yAxisIndex: it.right ? 1 : 0,
    stack: it.stack,
    color: colour,
    barMaxWidth: 36,
    ...(isLine && {
      showSymbol: it.values.length < 2,
      lineStyle: { width: 2, type: it.soft ? 'dashed' : 'solid' },
    }),
    ...(it.kind === 'area' && { areaStyle: { opacity: 0.16 } }),
    ...(limits.length && {
      markLine: {
        silent: true,
        symbol: 'none',
        lineStyle: { color: palette.danger, type: 'dashed' },
        label: { color: palette.danger, formatter: '{b}', position: 'insideEndTop' },
        data: limits.map(({ value, label }) => ({ yAxis: value, name: label })),
      },
    }),
  }
}

/** The library's own description of a chart. */
export function optionOf(spec: ChartSpec, palette: Palette, locale: string, still = false) {
  const labels = {
    type: 'category',
    data: [...spec.labels],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.muted, fontSize: 12, hideOverlap: true },
  }
  const hasRight = spec.series.some((it) => it.right)
  const values = [false, ...(hasRight ? [true] : [])].map((it) => axis(spec, it, palette, locale))
  const units = new Map(spec.series.map((it) => [it.name, it.unit ?? 'count']))
  return {
    animation: !still,
    animationDuration: 250,
    textStyle: { fontFamily: 'inherit' },
    grid: {
      left: 8,
      right: 12,
      top: spec.series.length > 1 ? 34 : 14,
      bottom: 4,
      containLabel: true,
    },
    legend: {
      show: spec.series.length > 1,
      top: 0,
      left: 0,
      icon: 'roundRect',
      textStyle: { color: palette.text, fontSize: 13 },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.surface,
      borderColor: palette.line,
      textStyle: { color: palette.text },
      valueFormatter: (value: unknown, _: number, name?: string) =>
        written(value as number | null, units.get(name ?? '') ?? unitOf(spec, false), locale),
    },
    xAxis: spec.lying ? values : labels,
    yAxis: spec.lying ? { ...labels, inverse: true } : values,
    series: spec.series.map((it, n) => drawn(it, n, spec, palette)),
  }
}
