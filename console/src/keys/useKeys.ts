import { computed, inject, onScopeDispose, provide, ref, type InjectionKey } from 'vue'
import { commands, keepChosen, readChosen, rebound } from './bindings'
import { commandOf, controlAt, digitOf, isField, label, pressOf } from './matcher'

export interface Handlers {
  /** What a command does; null where it makes no sense now. */
  handler: (id: string) => (() => void) | null
  /** 1 to 9 outside fields. True: it was taken. */
  digit: (digit: number) => boolean
}

/** The keyboard of a screen, for one person. Provide it once; below, `useKeyLabels` shows the keys. */
export function useKeys(user: string, handlers: Handlers) {
  const chosen = ref(readChosen(localStorage, user))
  const list = computed(() => commands(chosen.value.own))
  const keyOf = (id: string): string => label(list.value.find((it) => it.id === id)?.code ?? '')

  let clicked: Element | null = null
  const pointed = (event: Event) => (clicked = controlAt(event))
  /** A focus that moved on by keyboard is meant. */
  const moved = (event: FocusEvent) => controlAt(event) !== clicked && (clicked = null)

  function heard(event: KeyboardEvent): void {
    if (event.defaultPrevented) return
    const target = event.target instanceof HTMLElement ? event.target : null
    if (event.key === 'Escape' && isField(target)) {
      // Out of the field, and single keys count again.
      target?.blur()
      return
    }
    // A dialog keeps its keys to itself.
    if (target?.closest('[role="dialog"]')) return
    const press = pressOf(event, clicked)
    const id = commandOf(
      press,
      list.value,
      (it) => handlers.handler(it) !== null,
      chosen.value.bareKeys,
    )
    const digit = id === null ? digitOf(press) : null
    if (id !== null) handlers.handler(id)?.()
    else if (digit === null || !handlers.digit(digit)) return
    event.preventDefault()
  }

  function rebind(id: string, code: string): boolean {
    const own = rebound(chosen.value.own, id, code)
    if (own === null) return false
    chosen.value = { ...chosen.value, own }
    keepChosen(localStorage, user, chosen.value)
    return true
  }
  function useBareKeys(on: boolean): void {
    chosen.value = { ...chosen.value, bareKeys: on }
    keepChosen(localStorage, user, chosen.value)
  }
  function reset(): void {
    chosen.value = { own: {}, bareKeys: true }
    keepChosen(localStorage, user, chosen.value)
  }

  document.addEventListener('keydown', heard)
  document.addEventListener('pointerdown', pointed, true)
  document.addEventListener('focusin', moved)
  onScopeDispose(() => {
    document.removeEventListener('keydown', heard)
    document.removeEventListener('pointerdown', pointed, true)
    document.removeEventListener('focusin', moved)
  })
  const keys = { list, chosen, keyOf, rebind, useBareKeys, reset }
  provide(KEYS, keys)
  return keys
}

export type Keys = ReturnType<typeof useKeys>
const KEYS: InjectionKey<Keys> = Symbol('keys')

/** The keys of the screen around a component. */
export function useKeyLabels(): Keys {
  const keys = inject(KEYS)
  if (!keys) throw new Error('no keys are provided')
  return keys
}
