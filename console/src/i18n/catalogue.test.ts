import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const locales = join(root, 'locales')

function flat(value: unknown, path: string[] = []): Record<string, string> {
  if (typeof value === 'string') return { [path.join('.')]: value }
  return Object.assign(
    {},
    ...Object.entries(value as object).map(([key, inner]) => flat(inner, [...path, key])),
  )
}

function texts(language: string): Record<string, string> {
  const folder = join(locales, language)
  return Object.assign(
    {},
    ...readdirSync(folder).map((file) =>
      flat(JSON.parse(readFileSync(join(folder, file), 'utf8')), [file.replace('.json', '')]),
    ),
  )
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(path) && !/\.(test|d)\.ts$/.test(path) ? [path] : []
  })
}

const english = texts('en')
const chinese = texts('zh-CN')
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('the catalogues', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
  })

  it('name the same placeholders', () => {
    // A plural form may leave out its number; what is named must be the same set.
    const names = (text: string) => [...new Set(placeholders(text))]
    const different = Object.keys(english).filter(
      (key) => names(english[key]!).join() !== names(chinese[key] ?? '').join(),
    )
    expect(different).toEqual([])
  })

  it('hold Chinese in the Chinese one', () => {
    const untranslated = Object.entries(chinese).filter(
      ([key, text]) =>
        !/[\u4e00-\u9fff]/.test(text) &&
        /[a-z]{4,}/i.test(text.replace(/\{\w+\}/g, '')) &&
        text === english[key],
    )
    expect(untranslated.map(([key]) => key)).toEqual([])
  })
})

describe('the screens', () => {
  it('use only keys that exist', () => {
    const missing: string[] = []
    for (const path of sources(root)) {
      const text = readFileSync(path, 'utf8')
      for (const [, key] of text.matchAll(/(?<![\w$.])\$?t\(\s*'([\w.-]+)'/g)) {
        if (key && !(key in english)) missing.push(`${relative(root, path)}: ${key}`)
      }
    }
    expect(missing).toEqual([])
  })

  it('hold no text of their own', () => {
    const found: string[] = []
    for (const path of sources(root).filter((file) => file.endsWith('.vue'))) {
      const template = /<template>([\s\S]*)<\/template>/.exec(readFileSync(path, 'utf8'))?.[1] ?? ''
      const bare = template
        .replace(/<!--[\s\S]*?-->/g, '')
        .replace(/\{\{[\s\S]*?\}\}/g, '')
        .replace(/<[^>"']*(?:"[^"]*"|'[^']*'|[^>"'])*>/g, '\n')
      for (const line of bare.split('\n').map((part) => part.trim())) {
        if (/[A-Za-z\u4e00-\u9fff]{2,}/.test(line)) found.push(`${relative(root, path)}: ${line}`)
      }
      for (const [, name, value] of template.matchAll(
        /\s(aria-label|title|placeholder|alt|label)="([^"]*[A-Za-z\u4e00-\u9fff]{2,}[^"]*)"/g,
      )) {
        found.push(`${relative(root, path)}: ${name}="${value}"`)
      }
    }
    expect(found).toEqual([])
  })
})
