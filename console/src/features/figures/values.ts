import { api } from '@/api/client'
import type { Days } from '@/design/dates'
import type { Option } from '@/design/options'
import type { Key } from './model'

/** Dimensions that a report can be kept to; days are chosen by themselves. */
export const KEPT_TO = [
  'campaign',
  'agent',
  'squad',
  'team',
  'list',
  'disposition',
  'result_group',
  'outcome',
  'trunk',
  'caller_id',
  'mode',
  'hangup_by',
  'hour',
  'weekday',
] as const
/** What stands for "unknown" in an address. */
const UNKNOWN = '-'
const WHOLE = new Set<string>(['hour', 'weekday'])

export const toKey = (text: string, dimension: string): Key =>
  text === UNKNOWN ? null : WHOLE.has(dimension) ? Number(text) : text
export const toText = (key: Key): string => (key === null ? UNKNOWN : String(key))

/** The values that calls of these days have, those of most calls first, as far as one may see. */
export async function valuesOf(
  dimension: string,
  days: Days,
  named: (key: Key, dimension: string) => string,
): Promise<Option[]> {
  const body = {
    figures: ['dials'],
    by: [dimension],
    first: days.from,
    last: days.to,
    zone: '',
    where: {},
    compare: '' as const,
  }
  const found = await api.post('/api/v1/figures/report', { body })
  return found.lines
    .filter((it) => it.keys.length === 1)
    .sort((a, b) => (b.cells[0]?.value ?? 0) - (a.cells[0]?.value ?? 0))
    .map((it): Option => {
      const key = it.keys[0] ?? null
      return { value: toText(key), label: named(key, dimension), hint: String(it.cells[0]?.value) }
    })
}
