import { useI18n } from 'vue-i18n'

/** What can be told, in the reader's words: `call.closed` is `webhooks.events.call-closed`. */
export function useEvents() {
  const { t, te } = useI18n()
  function titleOf(event: string): string {
    const key = `webhooks.events.${event.replace('.', '-')}`
    return te(key) ? t(key) : event
  }
  return { titleOf }
}
