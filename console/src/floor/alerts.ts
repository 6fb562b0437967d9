export interface Alert {
  id: string
  rule: string
  severity: string
  subject: string
  text?: string
  since: number
  ended_at?: number | null
  acked_by?: string | null
}

/** What still is so; the worst and the newest first. */
export function firing(alerts: Alert[]): Alert[] {
  const rank = (alert: Alert) => (alert.severity === 'critical' ? 0 : 1)
  return alerts
    .filter((alert) => alert.ended_at == null)
    .sort((a, b) => rank(a) - rank(b) || b.since - a.since)
}
