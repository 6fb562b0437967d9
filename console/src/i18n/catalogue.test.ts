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

describe('a page that loads few texts', () => {
  const few = readFileSync(join(root, 'i18n', 'few.en.ts'), 'utf8')
  const features = /features\/\{([\w,]+)\}/.exec(few)![1]!.split(',')
  const areas = [...features, ...readdirSync(join(locales, 'en')).map((it) => it.slice(0, -5))]

  function found(name: string, from: string): string | undefined {
    const path = name.startsWith('@/') ? join(root, name.slice(2)) : join(from, '..', name)
    return [path, `${path}.ts`, join(path, 'index.ts')].find(
      (it) => /\.(ts|vue)$/.test(it) && existsSync(it),
    )
  }

  /** The file and all that it may show, but not the list of all features. */
  function reached(file: string, known = new Set<string>()): Set<string> {
    if (known.has(file) || file === join(root, 'features', 'index.ts')) return known
    known.add(file)
    const text = readFileSync(file, 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import\()\s*'([@.]\/[^']+|\.\.\/[^']+)'/g)) {
      const next = found(name!, file)
      if (next) reached(next, known)
    }
    return known
  }

  const pages = sources(join(root, 'features')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/import\('([^']+)'\),[^{}]*few: true/g)].map(
      ([, page]) => join(file, '..', page!),
    ),
  )

  it('is the desk, or on the way to it', () => {
    expect(pages.map((it) => relative(root, it)).sort()).toEqual([
      'features/desk/DeskPage.vue',
      'features/sessions/LoginPage.vue',
      'features/sessions/PasswordPage.vue',
    ])
  })

  it.each(pages)('shows no others: %s', (page) => {
    const others = [...reached(page)].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/(?<![\w$.])\$?te?\(\s*['`](\w+)\./g)]
        .filter(([, area]) => !areas.includes(area!))
        .map(([, area]) => `${relative(root, file)}: ${area}`),
    )
    expect(others).toEqual([])
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
