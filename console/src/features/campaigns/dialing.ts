/** What a campaign can call now, and what keeps it from calling: sentences to be said, with their
 * figures. */
import type { Wire } from '@/api/wire'

export type Outlook = Wire<'LeadOutlook'>
export type HoldBack = Wire<'HoldBack'>
export type Sleep = Wire<'Sleep'>

export interface Line {
  key: string
  count: number | null
  zones: string[]
}

/** Each thing that holds it back; of leads that sleep what they wait for, one line each. */
export function linesOf(waits: HoldBack[], outlook: Pick<Outlook, 'asleep'> | null): Line[] {
  return waits.flatMap((it) =>
    it.reason === 'asleep' && outlook?.asleep.length
      ? sleepLines(outlook)
      : [{ key: `words.holdBack.${it.reason}`, count: it.count, zones: [] }],
  )
}

export function sleepLines(outlook: Pick<Outlook, 'asleep'>): Line[] {
  return outlook.asleep.map((it) => ({
    key: `words.waitsFor.${it.reason}`,
    count: it.count,
    zones: it.zones,
  }))
}

/** When the next lead can be called, where nobody can be called now; null: at once, or never. */
export function nextAt(outlook: Outlook | null, now: number): number | null {
  if (!outlook || outlook.now > 0 || outlook.next_at === null) return null
  return outlook.next_at > now ? outlook.next_at : null
}
