import { createI18n } from 'vue-i18n'
import { merged } from './catalogue'

export type Language = 'en' | 'zh-CN'
export const LANGUAGES: { code: Language; name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'zh-CN', name: '简体中文' },
]

/** One JSON file per area and language; a rep's desk needs few of them, and waits for no others. */
const files = {
  en: { few: () => import('./few.en'), rest: () => import('./rest.en') },
  'zh-CN': { few: () => import('./few.zh-CN'), rest: () => import('./rest.zh-CN') },
}
let saysAll = false

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
  await load(language, saysAll)
  i18n.global.locale.value = language
  document.documentElement.lang = language
  localStorage.setItem('dialer.language', language)
}

/** Loads what all pages say, before the first one that is not on the way to a rep's desk. */
export async function sayAll(): Promise<void> {
  if (saysAll) return
  await load(i18n.global.locale.value as Language, true)
  saysAll = true
}

async function load(language: Language, isAll: boolean): Promise<void> {
  const { few, rest } = files[language]
  const parts = await Promise.all(isAll ? [few(), rest()] : [few()])
  const loaded = Object.assign({}, ...parts.map((it) => it.default)) as Record<string, unknown>
  i18n.global.setLocaleMessage(language, merged(loaded) as Texts)
}
