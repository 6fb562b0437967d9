import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

export type Results = Wire<'Results'>
export type Result = Pick<Wire<'AgentDay'>, 'agent' | 'name' | 'sales' | 'talk_seconds'>

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
