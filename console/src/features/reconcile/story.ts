import type { Wire } from '@/api/wire'

export type Difference = Wire<'Difference'>
export type DayCheck = Wire<'DayCheck'>

export const KINDS = [
  'no_record',
  'no_entry',
  'answer',
  'outcome',
  'end',
  'recording_missing',
  'recording_size',
  'recording_length',
  'recording_checksum',
  'recording_unnamed',
] as const satisfies readonly Difference['kind'][]

export interface Line {
  what: string
  /** As each side says it; null: this side says nothing at all. */
  sides: (string | number | null)[]
}
export interface Table {
  titles: string[]
  lines: Line[]
}

const CALL = ['outcome', 'placed_at', 'answered_at', 'connected_at', 'ended_at'] as const
const FILE = ['path', 'bytes', 'seconds', 'sha256'] as const

/** What the two sides say, line by line: of the call, and of its recording where that is the matter. */
export function tablesOf(it: Difference): Table[] {
  const call = { titles: ['record', 'switch'], lines: lines(CALL, [it.record, it.switch]) }
  const file = { titles: ['noted', 'file'], lines: lines(FILE, [it.noted, it.file]) }
  const isOfFile = it.noted !== null || it.file !== null
  return isOfFile ? [file, ...(it.record ? [call] : [])] : [call]
}

function lines<K extends string>(
  keys: readonly K[],
  sides: readonly (Record<K, string | number | null> | null)[],
): Line[] {
  return keys.map((what) => ({ what, sides: sides.map((side) => side?.[what] ?? null) }))
}
