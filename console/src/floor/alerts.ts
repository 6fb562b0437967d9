import type { components } from '@/api/schema'

export type Alert = components['schemas']['Alert']

/** The worst and the newest first. */
export function ordered(alerts: Alert[]): Alert[] {
  const ranks = ['critical', 'warning', 'info']
  const rank = (alert: Alert) => ranks.indexOf(alert.severity)
  return [...alerts].sort((a, b) => rank(a) - rank(b) || b.began_at - a.began_at)
}
