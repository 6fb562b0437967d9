import { mount, type VueWrapper } from '@vue/test-utils'
import { defineComponent, h, type Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { i18n, sayAll, speak, type Language } from '@/i18n'

/** A component as the console shows it: its texts, a router, and the page's own body around it. `as`: the
 * name and the path of its route, where it has parts in its address. */
export async function shown(
  component: Component,
  props: Record<string, unknown> = {},
  options: {
    language?: Language
    slots?: Record<string, unknown>
    path?: string
    as?: string[]
  } = {},
): Promise<{ wrapper: VueWrapper; router: Router }> {
  await speak(options.language ?? 'en')
  await sayAll()
  const Page = defineComponent({ render: () => h(component, props, options.slots as never) })
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      ...(options.as ? [{ name: options.as[0]!, path: options.as[1]!, component: Page }] : []),
      { path: '/:rest(.*)*', name: 'page', component: Page },
    ],
  })
  await router.push(options.path ?? '/')
  const wrapper = mount(Page, { attachTo: document.body, global: { plugins: [i18n, router] } })
  return { wrapper, router }
}

/** What stands anywhere on the page under a test id: menus and dialogs are moved to its end. */
export function seen(testid: string): HTMLElement | null {
  return document.querySelector(`[data-testid="${testid}"]`)
}

export function must(testid: string): HTMLElement {
  const found = seen(testid)
  if (!found) throw new Error(`there is no ${testid} on the page:\n${document.body.innerHTML}`)
  return found
}

export async function until(what: () => unknown): Promise<void> {
  const { vi } = await import('vitest')
  const look = () => {
    if (!what()) throw new Error(`not so: ${String(what)}\n${document.body.innerHTML}`)
  }
  await vi.waitFor(look, { timeout: 20_000 })
}

export function press(element: Element, key: string): void {
  element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}

export function type(element: HTMLElement, text: string): void {
  ;(element as HTMLInputElement).value = text
  element.dispatchEvent(new Event('input', { bubbles: true }))
}
