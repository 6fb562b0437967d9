import { expect, it } from 'vitest'
import { FEATURES } from '@/features'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asksForHelp, pageOf } from './help'

const pages = FEATURES.flatMap((feature) =>
  (feature.pages ?? []).map((page) => ({ feature, page })),
)

it.each(['en', 'zh-CN'])(
  'every page says in %s what it is for and how to go about it',
  (language) => {
    const lacking = pages.filter(({ feature, page }) => {
      const path = join(import.meta.dirname, `../features/${feature.name}/texts/${language}.json`)
      const { help } = JSON.parse(readFileSync(path, 'utf8')) as {
        help?: Record<string, { text?: string; how?: string }>
      }
      const said = help?.[page.name]
      return !((said?.text?.length ?? 0) > 20 && (said?.how?.length ?? 0) > 10)
    })
    expect(lacking.map(({ page }) => page.name)).toEqual([])
  },
)

it('a page is found by its route', () => {
  for (const { page } of pages) expect(pageOf(page.name)?.page.docs).toBe(page.docs)
  expect(pageOf('lost')).toBeNull()
})

const press = { key: '?', ctrlKey: false, metaKey: false, altKey: false, isTyping: false }
it.each([
  [{ ...press, key: 'F1', isTyping: true }, true],
  [press, true],
  [{ ...press, key: '？' }, true],
  [{ ...press, isTyping: true }, false],
  [{ ...press, ctrlKey: true }, false],
  [{ ...press, key: 'a' }, false],
])('%j', (event, asks) => expect(asksForHelp(event)).toBe(asks))
