/** Seconds as a running timer shows them: 0:07, 12:40, 1:05:09. Never negative. */
export function timer(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const s = String(whole % 60).padStart(2, '0')
  const m = Math.floor(whole / 60) % 60
  const h = Math.floor(whole / 3600)
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`
}

/** A share of 0 to 1 as the locale writes per cents; "–" where there is none. */
export function share(value: number | null | undefined, locale: string, digits = 1): string {
  if (value == null) return '–'
  const style = {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const
  return new Intl.NumberFormat(locale, style).format(value)
}

export function count(value: number | null | undefined, locale: string, digits = 0): string {
  if (value == null) return '–'
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
}

/** A moment (unix seconds) as a time of day; in `zone` where one is given. */
export function timeOfDay(at: number, locale: string, zone?: string, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  if (seconds) options.second = '2-digit'
  if (zone) options.timeZone = zone
  return new Intl.DateTimeFormat(locale, options).format(at * 1000)
}

/** A moment as day and time; the year only where it is not this one. */
export function dayAndTime(at: number, locale: string, zone?: string): string {
  const isThisYear = new Date(at * 1000).getFullYear() === new Date().getFullYear()
  const options: Intl.DateTimeFormatOptions = {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }
  if (!isThisYear) options.year = 'numeric'
  if (zone) options.timeZone = zone
  return new Intl.DateTimeFormat(locale, options).format(at * 1000)
}

/** The zone as people name it: by its city, or in Chinese by its own name there. */
export function placeOf(zone: string, locale: string): string {
  const city = (zone.split('/').pop() ?? '').replaceAll('_', ' ')
  if (!locale.startsWith('zh')) return city
  try {
    const parts = new Intl.DateTimeFormat('zh-CN', {
      timeZone: zone,
      timeZoneName: 'longGeneric',
    }).formatToParts(0)
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? city
    return name.replace(/(标准)?时间$/, '')
  } catch {
    return city
  }
}
