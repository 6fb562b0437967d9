import type { Wire } from '@/api/wire'

export type Sheet = Wire<'BoardSheet'>
export type Limit = Wire<'BoardLimit'>
export type Tone = Limit['tone']
export type Unit = 'share' | 'count' | 'time' | 'hours'

/** What stands on the wall, in its order, and how its values are said. */
export const FIGURES = [
  { id: 'connect_rate', unit: 'share' },
  { id: 'abandon_rate', unit: 'share' },
  { id: 'connected', unit: 'count' },
  { id: 'sales', unit: 'count' },
  { id: 'waiting', unit: 'count' },
  { id: 'ringing', unit: 'count' },
  { id: 'ready', unit: 'count' },
  { id: 'longest_ready', unit: 'time' },
  { id: 'wrapup', unit: 'count' },
  { id: 'paused', unit: 'count' },
  { id: 'leads_left', unit: 'count' },
  { id: 'hours_left', unit: 'hours' },
] as const satisfies readonly { id: string; unit: Unit }[]
export type Figure = (typeof FIGURES)[number]['id']
export const TONES: readonly Tone[] = ['alarm', 'warn', 'note', 'good']

const meets = (limit: Limit, value: number) =>
  limit.side === 'from' ? value >= limit.value : value < limit.value

/** The worst of the thresholds that the value meets; "" for none, and where there is no value. */
export function toneOf(value: number | null, limits: readonly Limit[] | undefined): Tone | '' {
  if (value === null) return ''
  const met = new Set((limits ?? []).filter((it) => meets(it, value)).map((it) => it.tone))
  return TONES.find((tone) => met.has(tone)) ?? ''
}

/** The worse of two. */
export function worse(one: Tone | '', other: Tone | ''): Tone | '' {
  return TONES.find((tone) => tone === one || tone === other) ?? ''
}

/** A value as it is typed: shares in percent, hours as hours. */
export const typedOf = (unit: Unit, value: number): number =>
  unit === 'share' ? Number((value * 100).toFixed(6)) : value
export const valueOf = (unit: Unit, typed: number): number =>
  unit === 'share' ? Number((typed / 100).toFixed(8)) : typed
