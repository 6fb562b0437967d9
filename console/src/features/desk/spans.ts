import { useI18n } from 'vue-i18n'

/** Hours and minutes of so many seconds, for totals: they change once a minute, which is calm. */
export function hoursAndMinutes(seconds: number): { h: number; m: number } {
  const minutes = Math.max(0, Math.floor(seconds / 60))
  return { h: Math.floor(minutes / 60), m: minutes % 60 }
}

export function useSpans() {
  const { t } = useI18n()
  function span(seconds: number): string {
    const { h, m } = hoursAndMinutes(seconds)
    return h > 0 ? t('desk.span.hours', { h, m }) : t('desk.span.minutes', { m })
  }
  /** Of a single call: to the second. */
  function short(seconds: number | null): string {
    if (seconds === null) return '–'
    const whole = Math.round(seconds)
    return whole < 60
      ? t('desk.span.seconds', { s: whole })
      : t('desk.span.exact', { m: Math.floor(whole / 60), s: whole % 60 })
  }
  return { span, short }
}
