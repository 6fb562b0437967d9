import { ask } from '@/api/client'

/** One figure under the settings of now and under the changed ones. `low` and `high` bound the
 * difference (then less now) with 90 %. */
export interface Compared {
  now: number
  then: number
  low: number
  high: number
}

export interface Trial {
  id: string
  state: 'running' | 'done' | 'failed' | 'cancelled'
  progress?: number | null
  span_s?: number
  figures?: Record<string, Compared>
  notes?: string[]
  error?: string
}

const enc = encodeURIComponent

export const beginTrial = (
  pool: string,
  changes: Record<string, unknown>,
  campaigns: Record<string, Record<string, unknown>>,
) => ask<Trial>('post', `/api/v1/pools/${enc(pool)}/settings/simulate`, { changes, campaigns })
export const lookAtTrial = (id: string) => ask<Trial>('get', `/api/v1/simulations/${enc(id)}`)
export const endTrial = (id: string) => ask<unknown>('delete', `/api/v1/simulations/${enc(id)}`)

/** More of these is better; of all others, less. */
const MORE_IS_BETTER = new Set(['utilisation', 'connected', 'connects_per_hour'])

/** What the interval of the difference allows to say. */
export function verdict(name: string, it: Compared): 'better' | 'worse' | 'unsure' {
  if (it.low <= 0 && it.high >= 0) return 'unsure'
  return it.low > 0 === MORE_IS_BETTER.has(name) ? 'better' : 'worse'
}
