import { useI18n } from 'vue-i18n'

/** A permission in the reader's words; by its name where there are none yet. */
export function useScopeWords(): (scope: string) => string {
  const { t, te } = useI18n()
  return (scope) => {
    const key = `words.permission.${scope.replace('.', '-')}`
    return te(key) ? t(key) : scope
  }
}
