import { useI18n } from 'vue-i18n'
import { range, type Key, type Value } from './model'

/** A setting in the reader's language: its name, what it does, what its values are called. */
export function useSettingWords() {
  const { t, te, locale } = useI18n()
  const spoken = (words: Record<string, string>) =>
    words[locale.value === 'zh-CN' ? 'zh' : 'en'] ?? words.en ?? ''
  const label = (key: Key) => spoken(key.label) || key.key

  function choice(key: Key, value: unknown): string {
    const text = `settings.choice.${key.key.replaceAll('.', '-')}.${String(value)}`
    if (key.form === 'weekday') return t(`settings.weekday.${String(value)}`)
    return te(text) ? t(text) : String(value)
  }

  /** What it does, with the names of other keys and of its own values as this screen calls them. */
  function doc(key: Key, keys: Key[]): string {
    let text = spoken(key.doc).replace(/[:：]\s*\{[^{}]*\}(?=\.?$)/, '')
    for (const it of key.choices ?? [])
      text = text.replaceAll(
        new RegExp(`\\b${String(it)}\\b(?=\\s*[:：,，]| 为)`, 'g'),
        choice(key, it),
      )
    for (const other of keys)
      if (other.key.includes('_') && text.includes(other.key))
        text = text.replaceAll(
          new RegExp(`\\b${other.key}\\b`, 'g'),
          t('settings.quoted', { it: label(other) }),
        )
    return text
  }

  const unit = (key: Key) => (key.unit ? t(`settings.unit.${key.unit}`) : '')
  const counted = (key: Key, text: string) =>
    key.unit ? t('settings.counted', { n: text, unit: unit(key) }) : text

  /** A value as it is said in a sentence. */
  function said(key: Key | undefined, value: Value): string {
    if (value === null || value === undefined || value === '') return t('settings.notSet')
    if (typeof value === 'boolean') return t(`settings.${value}`)
    if (!key) return typeof value === 'string' ? value : JSON.stringify(value)
    if (Array.isArray(value))
      return (
        value.map((it) => said({ ...key, kind: key.items ?? 'text' } as Key, it)).join(', ') ||
        t('settings.notSet')
      )
    if (key.group === 'results' || key.group === 'script')
      return Object.keys(value).join(', ') || t('settings.notSet')
    if (typeof value === 'object')
      return (
        Object.entries(value)
          .map(([name, it]) => `${name} = ${String(it)}`)
          .join(', ') || t('settings.notSet')
      )
    if (key.choices || key.form === 'weekday') return choice(key, value)
    const option = key.options?.find((it) => it.value === value)
    if (option) return option.title
    if (typeof value !== 'number') return value as string
    return counted(key, String(key.unit === 'share' ? Number((value * 100).toFixed(6)) : value))
  }

  /** What may stand there: the range with its unit, or how a text must look. */
  function allowed(key: Key): string {
    const within = range(key)
    if (within) return counted(key, within)
    return key.form && te(`settings.form.${key.form}`) ? t(`settings.form.${key.form}`) : ''
  }

  /** What the server found wrong, said as the form is; in its own words where there is none. */
  function wrong(key: Key, text: string): string {
    if (/must be later than/.test(text)) return t('settings.fault.order')
    const rule = allowed(key)
    return rule ? t('settings.fault.allowed', { rule }) : text
  }
  return { label, doc, choice, said, unit, allowed, wrong }
}
