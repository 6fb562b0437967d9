/** Which command a key press means, as a pure function.
 *
 * A command has one key, a letter or digit by its place on the keyboard (`KeyM`), so that layouts
 * and Chinese input methods do not move it. The bare key counts while no field has the focus; with
 * Alt it counts everywhere. Ctrl is left to the browser: Ctrl+Shift+N, T and W never reach a page. */

export interface Press {
  code: string
  key: string
  alt: boolean
  ctrl: boolean
  meta: boolean
  shift: boolean
  /** A field has the focus, or an input method is composing. */
  isTyping: boolean
  /** A control that the key itself would work was reached by keyboard: Enter on a button. */
  isOnControl: boolean
  /** The key is held down. */
  isRepeat: boolean
}

export interface Command {
  id: string
  /** `KeyA` … `KeyZ`, `Enter`, `Slash`; "" for none. */
  code: string
}

/** Codes a person may choose for a command. */
export const isAssignable = (code: string): boolean => /^Key[A-Z]$/.test(code)

/** The id of the command meant, or null. `offered` says which commands make sense now. */
export function commandOf(
  press: Press,
  commands: Command[],
  offered: (id: string) => boolean,
  bareKeys = true,
): string | null {
  if (press.ctrl || press.meta || press.isRepeat) return null
  if (isHelp(press)) return offered('help') ? 'help' : null
  if (press.shift) return null
  if (press.code === 'Enter' && (press.isOnControl || press.alt)) return null
  const isBareAllowed = !press.isTyping && (bareKeys || !isAssignable(press.code))
  if (!press.alt && !isBareAllowed) return null
  const found = commands.find((it) => it.code !== '' && it.code === press.code)
  return found && offered(found.id) ? found.id : null
}

const isHelp = (press: Press): boolean => press.key === '?' && !press.isTyping && !press.alt

/** 1 to 9, from the row above the letters or the number pad, outside fields; else null. */
export function digitOf(press: Press): number | null {
  if (press.ctrl || press.meta || press.alt || press.shift || press.isTyping || press.isRepeat)
    return null
  const found = /^(?:Digit|Numpad)([1-9])$/.exec(press.code)
  return found ? Number(found[1]) : null
}

/** How a command's key is written on a screen. */
export function label(code: string): string {
  if (/^Key[A-Z]$/.test(code)) return code.slice(3)
  return code === 'Slash' ? '?' : code
}

const CONTROLS = 'button, a, summary, [role="button"]'

/** The control at or around an event's place. */
export function controlAt(event: Event): Element | null {
  return event.target instanceof Element ? event.target.closest(CONTROLS) : null
}

/**
 * `clicked`: the control that has the focus only because it was clicked. Whoever clicked it is done
 * with it; Enter then means what the screen says it does, not the click once more.
 */
export function pressOf(event: KeyboardEvent, clicked: Element | null = null): Press {
  const target = event.target instanceof HTMLElement ? event.target : null
  const control = controlAt(event)
  return {
    code: event.code,
    key: event.key,
    alt: event.altKey,
    ctrl: event.ctrlKey,
    meta: event.metaKey,
    shift: event.shiftKey,
    isTyping: event.isComposing || isField(target),
    isOnControl: control !== null && control !== clicked,
    isRepeat: event.repeat,
  }
}

const NO_TEXT = new Set(['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'file'])

/** Whether letters pressed there mean text. */
export function isField(element: HTMLElement | null): boolean {
  if (element === null) return false
  if (element instanceof HTMLInputElement) return !NO_TEXT.has(element.type)
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    element.isContentEditable
  )
}
