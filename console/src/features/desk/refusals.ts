import { useI18n } from 'vue-i18n'

/** The rules of the gate, by which a call is refused. */
export const RULES = [
  'invalid_number',
  'dnc',
  'unknown_timezone',
  'calling_window',
  'weekday',
  'holiday',
  'max_per_24h',
  'max_per_day',
  'in_call',
  'called_lately',
  'gate_error',
  'skipped',
  'trunk',
  'no_line',
] as const

export function useRefusals() {
  const { t } = useI18n()
  const isRule = (rule: string): boolean => (RULES as readonly string[]).includes(rule)
  const ruleWords = (rule: string): string => (isRule(rule) ? t(`desk.rule.${rule}`) : rule)
  return { isRule, ruleWords }
}
