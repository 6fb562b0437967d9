import { createI18n } from 'vue-i18n'
import { merged } from './catalogue'

export type Language = 'en' | 'zh-CN'
export const LANGUAGES: { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' },
]

/** One JSON file per area and language; each is a chunk of its own language's bundle. */
const files = {
  en: () => import('./en'),
  'zh-CN': () => import('./zh-CN'),
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as string,
  fallbackLocale: false,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
})

type Texts = Parameters<typeof i18n.global.setLocaleMessage>[1]

/** The language the page began with: see public/theme.js. */
export function firstLanguage(): Language {
  return document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en'
}

/** Loads the language's texts, if they are not there yet, and speaks it from then on. */
export async function speak(language: Language): Promise<void> {
  const { default: loaded } = await files[language]()
  i18n.global.setLocaleMessage(language, merged(loaded) as Texts)
  i18n.global.locale.value = language
  document.documentElement.lang = language
  localStorage.setItem('dialer.language', language)
}
