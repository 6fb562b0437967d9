import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { merged } from './catalogue'

const root = join(import.meta.dirname, '..')
const locales = join(root, 'locales')

function flat(value: unknown, path: string[] = []): Record<string, string> {
  if (typeof value === 'string') return { [path.join('.')]: value }
  return Object.assign(
    {},
    ...Object.entries(value as object).map(([key, inner]) => flat(inner, [...path, key])),
  )
}

function catalogues(language: string): string[] {
  const shared = readdirSync(join(locales, language)).map((file) => join(locales, language, file))
  const features = readdirSync(join(root, 'features'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(root, 'features', entry.name, 'texts', `${language}.json`))
    .filter((file) => existsSync(file))
  return [...shared, ...features]
}

function texts(language: string): Record<string, string> {
  const loaded = catalogues(language).map((file) => [file, JSON.parse(readFileSync(file, 'utf8'))])
  return flat(merged(Object.fromEntries(loaded)))
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
const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!).sort()

describe('the catalogues', () => {
  it('have the same keys in both languages', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
  })

  it('name the same placeholders', () => {
    // A plural form may leave out its number; what is named must be the same set. What the server
    // says in both languages is one fact, and the Chinese one has the ending.
    const fact = (name: string) => name.replace(/_zh$/, '')
    const names = (text: string) => [...new Set(placeholders(text).map(fact))].sort()
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

  it('make up only keys of which there are some', () => {
    const known = Object.keys(english)
    const missing = sources(root).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/(?<![\w$.])\$?te?\(\s*`([\w.-]+\.)\$\{/g)]
        .filter(([, start]) => !known.some((key) => key.startsWith(start!)))
        .map(([, start]) => `${relative(root, path)}: ${start}`),
    )
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
