import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { useKeys } from './useKeys'

const finish = vi.fn()
const Screen = defineComponent({
  setup() {
    useKeys('anna', {
      handler: (id) => (id === 'finish' ? finish : null),
      digit: () => false,
    })
    return () => [h('button', { id: 'sale' }), h('button', { id: 'other' })]
  },
})
let screen: ReturnType<typeof mount>
const button = (id: string) => screen.find(`#${id}`).element as HTMLButtonElement

function click(id: string): void {
  button(id).dispatchEvent(new Event('pointerdown', { bubbles: true }))
  button(id).focus()
}
/** Whether the browser is kept from clicking the button once more. */
function enter(id: string): boolean {
  const event = new KeyboardEvent('keydown', {
    code: 'Enter',
    key: 'Enter',
    bubbles: true,
    cancelable: true,
  })
  button(id).dispatchEvent(event)
  return event.defaultPrevented
}

beforeEach(() => {
  finish.mockClear()
  screen = mount(Screen, { attachTo: document.body })
})
afterEach(() => screen.unmount())

it('Enter after a click finishes, and does not click once more', () => {
  click('sale')
  expect(enter('sale')).toBe(true)
  expect(finish).toHaveBeenCalledOnce()
})

it('Enter on a button that was reached by keyboard is the button’s', () => {
  button('sale').focus()
  expect(enter('sale')).toBe(false)
  expect(finish).not.toHaveBeenCalled()
})

it('a focus that went on by keyboard after a click is meant', () => {
  click('sale')
  button('other').focus()
  expect(enter('other')).toBe(false)
  button('sale').focus()
  expect(enter('sale')).toBe(false)
})
