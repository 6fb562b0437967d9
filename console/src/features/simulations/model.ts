import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

export type Trial = Wire<'Simulation'>
type Interval = Wire<'Interval'>

export const beginTrial = (
  pool: string,
  changes: Record<string, unknown>,
  campaigns: Record<string, Record<string, unknown>>,
) =>
  api.post('/api/v1/pools/{pool}/settings/simulate', {
    path: { pool },
    body: { changes, campaigns },
  })
export const lookAtTrial = (id: string) =>
  api.get('/api/v1/simulations/{simulation}', { path: { simulation: id } })
export const endTrial = (id: string) =>
  api.delete('/api/v1/simulations/{simulation}', { path: { simulation: id } })

export interface Compared {
  name: string
  now: number | null
  then: number | null
  /** Of `then` less `now`, with 90 %. */
  low: number | null
  high: number | null
}

/** In the order in which they matter. */
export const FIGURES = [
  'utilisation',
  'wait_mean_s',
  'wait_p90_s',
  'abandon_rate',
  'calls_per_connected',
  'connected',
  'talk_min_per_rep_hour',
]

export function compared(trial: Trial): Compared[] {
  const of = (all: Record<string, Interval>, name: string) =>
    all[name] ?? { mean: null, low: null, high: null }
  return FIGURES.filter((name) => name in trial.now).map((name) => ({
    name,
    now: of(trial.now, name).mean,
    then: of(trial.then, name).mean,
    low: of(trial.difference, name).low,
    high: of(trial.difference, name).high,
  }))
}

/** More of these is better; of all others, less. */
const MORE_IS_BETTER = new Set(['utilisation', 'connected', 'talk_min_per_rep_hour'])

/** What the interval of the difference allows to say. */
export function verdict(it: Compared): 'better' | 'worse' | 'unsure' {
  if (it.low === null || it.high === null || (it.low <= 0 && it.high >= 0)) return 'unsure'
  return it.low > 0 === MORE_IS_BETTER.has(it.name) ? 'better' : 'worse'
}
