import type { Wire } from '@/api/wire'

export type Alert = Wire<'AlertRow'>

/** The worst and the newest first. */
export function ordered(alerts: Alert[]): Alert[] {
  const ranks = ['critical', 'warning', 'info']
  const rank = (alert: Alert) => ranks.indexOf(alert.severity)
  return [...alerts].sort((a, b) => rank(a) - rank(b) || b.began_at - a.began_at)
}

/** Of alerts that fire now, what is news: not known before, and not only for information. */
export function fresh(known: ReadonlySet<string> | null, now: Alert[]): Alert[] {
  if (known === null) return []
  return now.filter((it) => !known.has(it.id) && it.severity !== 'info' && it.acked_at === null)
}
