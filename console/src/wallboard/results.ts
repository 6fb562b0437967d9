import { api } from '@/api/client'
import type { components } from '@/api/schema'

export type Results = components['schemas']['Results']
export type Result = Pick<
  components['schemas']['AgentDay'],
  'agent' | 'name' | 'sales' | 'talk_seconds'
>

export const results = (pool: string) => api.get('/api/v1/pools/{pool}/results', { path: { pool } })

/** Sales decide, then talk time; equal ones share their rank. Who has neither is not ranked. */
export function ranked(reps: Result[]): (Result & { rank: number })[] {
  const order = [...reps]
    .filter((rep) => rep.sales > 0 || rep.talk_seconds > 0)
    .sort((a, b) => b.sales - a.sales || b.talk_seconds - a.talk_seconds)
  let rank = 0
  return order.map((rep, i) => {
    const before = order[i - 1]
    if (!before || before.sales !== rep.sales || before.talk_seconds !== rep.talk_seconds)
      rank = i + 1
    return { ...rep, rank }
  })
}
