import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { WORDS } from './words'

export function useWords() {
  const { locale } = useI18n()
  return computed(() => (locale.value === 'zh-CN' ? WORDS['zh-CN'] : WORDS.en))
}
