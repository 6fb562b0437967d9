import type { Wire } from '@/api/wire'

export type Schedule = Wire<'ReportSchedule'>
export type Run = Wire<'ReportRun'>
/** As a form holds it: what is chosen from a list is text. */
export type Draft = Omit<Schedule, 'weekdays' | 'hour'> & { weekdays: string[]; hour: string }

export const drafted = (it: Schedule): Draft => ({
  ...it,
  weekdays: it.weekdays.map(String),
  hour: String(it.hour),
})

/** What of a form is sent; fields that are not there stay away. */
export function undrafted(it: Partial<Draft>): Partial<Schedule> {
  const { weekdays, hour, ...rest } = it
  return {
    ...rest,
    ...(weekdays && { weekdays: weekdays.map(Number).sort((a, b) => a - b) }),
    ...(hour !== undefined && { hour: Number(hour) }),
  }
}

export const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`
