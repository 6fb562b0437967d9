import { ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { Problem } from '@/api/client'
import { say } from '@/design/toasts'

/** What went wrong, in the reader's language where its slug is known, else as the server said it. */
export function useProblems() {
  const { t, te } = useI18n()
  function words(error: unknown): string {
    if (!(error instanceof Problem)) return t('errors.unknown')
    const key = `errors.${error.slug}`
    const known = te(key) ? t(key, { detail: error.detail, ...error.said.facts }).trim() : ''
    if (error.retryAfter)
      return `${known || error.detail} ${t('errors.wait', { seconds: error.retryAfter })}`
    return known || [error.detail, ...error.faults].filter(Boolean).join(' ') || t('errors.unknown')
  }
  return { words, tell: (error: unknown) => say('bad', words(error)) }
}

/**
 * What a form or a list asks of the server: whether that is under way, and what went wrong.
 * A list that asks as soon as it is there starts busy, so that it never looks empty first.
 */
export function useAttempt(startsBusy = false) {
  const { words } = useProblems()
  const busy = ref(startsBusy)
  const fault = ref('')
  async function attempt(what: () => Promise<unknown>): Promise<void> {
    busy.value = true
    fault.value = ''
    try {
      await what()
    } catch (error) {
      fault.value = words(error)
    } finally {
      busy.value = false
    }
  }
  return { busy, fault, attempt }
}
