import type { Row } from './model'

/** A row as it will be taken, for the wizard: a text for each of its titles. */
export function shownRow(
  it: Row,
  locale: string,
  t: (key: string, named?: Record<string, unknown>) => string,
): Record<string, string> {
  const reason = locale === 'zh-CN' ? it.reason_zh : it.reason
  const numbers = it.numbers.map((n) =>
    [n.number, n.extension && t('imports.ext', { extension: n.extension }), n.kind]
      .filter(Boolean)
      .join(' '),
  )
  const fields = Object.entries(it.fields).map(([key, value]) => `${key}: ${value}`)
  const said = [it.timezone, it.language, ...fields].filter(Boolean)
  return {
    row: String(it.row),
    state: it.taken ? '' : reason,
    name: it.taken ? it.name : it.cells.join(' · '),
    numbers: numbers.join(', '),
    more: [...said, it.taken ? reason : ''].filter(Boolean).join(' · '),
  }
}
