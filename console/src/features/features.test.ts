import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FEATURES } from '.'

const here = import.meta.dirname
const root = dirname(here)
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
const shared = readdirSync(join(root, 'locales/en')).map((file) => file.replace('.json', ''))

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(path) && !/\.d\.ts$/.test(path) ? [path] : []
  })
}

/** Files of `src` that this one imports, as paths below `src`. */
function imports(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'((?:@\/|\.)[^']*)'/g)].map(([, spec]) =>
    spec!.startsWith('@/') ? spec!.slice(2) : relative(root, normalize(join(dirname(path), spec!))),
  )
}

const featureOf = (path: string) => /^features\/([^/.]+)(?:\/|$)/.exec(path)?.[1]

describe('features', () => {
  it('are all in the list, once, under the name of their folder', () => {
    expect(FEATURES.map((it) => it.name).sort()).toEqual(folders.sort())
  })

  it('are reached by others through their public file alone', () => {
    const inside = sources(root).flatMap((path) => {
      const from = relative(root, path)
      if (from === 'features/index.ts') return []
      const mine = featureOf(from)
      return imports(path)
        .filter((to) => featureOf(to) && featureOf(to) !== mine)
        .filter((to) => to !== `features/${featureOf(to)}/public`)
        .map((to) => `${from}: ${to}`)
    })
    expect(inside).toEqual([])
  })

  it('use each other in no circle', () => {
    const uses = new Map(
      folders.map((name) => [
        name,
        new Set(
          sources(join(here, name))
            .flatMap(imports)
            .map(featureOf)
            .filter((it) => it !== name),
        ),
      ]),
    )
    // Whoever uses none of those that are left goes; a circle stays.
    for (let before = -1; before !== uses.size;) {
      before = uses.size
      for (const [name, needs] of uses) {
        if (![...needs].some((it) => it !== undefined && uses.has(it))) uses.delete(name)
      }
    }
    expect([...uses.keys()]).toEqual([])
  })

  it('are known to nothing below them', () => {
    const below = sources(root).filter((path) =>
      /^(api|design|kit|keys|live|time|i18n|session)\//.test(relative(root, path)),
    )
    const reached = below.flatMap((path) =>
      imports(path)
        .filter((to) => featureOf(to))
        .map((to) => `${relative(root, path)}: ${to}`),
    )
    expect(reached).toEqual([])
  })

  it('say what they say in texts of their own or of all', () => {
    const foreign = folders.flatMap((name) =>
      sources(join(here, name)).flatMap((path) => {
        const used = readFileSync(path, 'utf8').matchAll(
          /(?<![\w$.])te?\([^)'`]*['`]([a-z]\w+)\.(\w+)/g,
        )
        return [...used]
          .filter(([, area, key]) => area !== name && !shared.includes(area!) && key !== 'pages')
          .map(([, area, key]) => `${relative(here, path)}: ${area}.${key}`)
      }),
    )
    expect(foreign).toEqual([])
  })

  it.each(FEATURES.filter((it) => it.pages))(
    '$name has a title for each page',
    ({ name, pages }) => {
      for (const language of ['en', 'zh-CN']) {
        const file = join(here, name, 'texts', `${language}.json`)
        const texts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
        expect(Object.keys(texts.pages ?? {})).toEqual(
          expect.arrayContaining(pages!.map((it) => it.name)),
        )
      }
    },
  )
})
