import { useI18n } from 'vue-i18n'

/** Reasons that come with the program; a pool may name its own, which are shown as written. */
export const KNOWN_REASONS = [
  'break',
  'lunch',
  'meeting',
  'training',
  'other',
  'login',
  'phone',
  'phone-hold',
  'supervisor',
  'time-is-over',
] as const

export function useReasons() {
  const { t } = useI18n()
  const reasonOf = (reason: string): string =>
    (KNOWN_REASONS as readonly string[]).includes(reason) ? t(`words.reason.${reason}`) : reason
  return { reasonOf }
}
