import type { Days } from '@/design/dates'
import type { Filter, FilterValue, FilterValues, Range } from './types'

const isDay = (text: string | undefined): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '')

/** A filter's value as an address carries it; null: nothing is filtered. */
export function written(filter: Filter, value: FilterValue | undefined): string | null {
  if (value === null || value === undefined || value === '' || value === false) return null
  if (value === true) return '1'
  if (Array.isArray(value)) return value.length ? value.map(encodeURIComponent).join(',') : null
  if (typeof value === 'object') return 'from' in value ? `${value.from}..${value.to}` : ends(value)
  return filter.kind === 'text' ? value.trim() || null : value
}

/** Back out of an address; what makes no sense there filters nothing. */
export function readBack(filter: Filter, text: string | null): FilterValue {
  if (filter.kind === 'many') return text ? text.split(',').map(decoded) : []
  if (filter.kind === 'switch') return text === '1'
  if (filter.kind === 'days') return daysBack(text)
  if (filter.kind === 'range') return rangeBack(text)
  return filter.kind === 'text' ? (text ?? '') : text || null
}

const ends = ({ least, most }: Range) =>
  least === null && most === null ? null : `${least ?? ''}..${most ?? ''}`

function rangeBack(text: string | null): Range {
  const [least, most] = (text ?? '').split('..').map((it) => {
    const value = it.trim() === '' ? NaN : Number(it)
    return Number.isFinite(value) ? value : null
  })
  return { least: least ?? null, most: most ?? null }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
function daysBack(text: string | null): Days | null {
  const [from, to] = (text ?? '').split('..')
  return isDay(from) && isDay(to) && from <= to ? { from, to } : null
}

export const emptyOf = (filter: Filter): FilterValue => readBack(filter, null)

export function isActive(filter: Filter, values: FilterValues): boolean {
  return written(filter, values[filter.id]) !== null
}
