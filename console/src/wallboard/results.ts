import { ask } from '@/api/client'

/** One rep's day: GET /pools/{pool}/results. */
export interface Result {
  agent: string
  name: string
  squad?: string | null
  calls: number
  connects: number
  talk_seconds: number
  sales: number
  rank?: number
}

export interface Results {
  reps: Result[]
  sales: number
  goal: number | null
}

export const results = (pool: string) =>
  ask<Results>('get', `/api/v1/pools/${encodeURIComponent(pool)}/results`)

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
