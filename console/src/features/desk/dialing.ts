/** Whether anybody can be called for the rep, and if not, why and until when. */
import type { Wire } from '@/api/wire'

export type DialingRow = Wire<'DialingRow'>

/** What of the running campaigns a rep is told while nothing can be called; null: there is something to call. */
export function nothingToCall(
  rows: DialingRow[],
  now: number,
): { until: number | null; rows: DialingRow[] } | null {
  const running = rows.filter((row) => row.state === 'running')
  const idle = running.filter((row) => !row.can_call && row.waits.length > 0)
  if (running.length === 0 || idle.length < running.length) return null
  const times = idle.map((row) => row.next_at).filter((at): at is number => at !== null && at > now)
  return { until: times.length ? Math.min(...times) : null, rows: idle }
}

/** The words for one campaign: what its leads wait for, or what else holds it back. */
export function whyKeys(row: DialingRow): string[] {
  return row.waits.flatMap((it) =>
    it.reason === 'asleep' && row.reasons.length
      ? row.reasons.map((reason) => `desk.dialing.reason.${reason}`)
      : [`words.holdBack.${it.reason}`],
  )
}
