import { onScopeDispose, shallowRef } from 'vue'
import type { Palette } from './types'

const SERIES = 8

function read(): Palette {
  const style = getComputedStyle(document.documentElement)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    series: Array.from({ length: SERIES }, (_, n) => of(`chart-${n + 1}`)),
    text: of('text'),
    muted: of('text-2'),
    line: of('line'),
    surface: of('surface'),
    danger: of('danger'),
  }
}

/** The colours of the theme as canvases need them, and again when the theme is changed. */
export function usePalette() {
  const palette = shallowRef(read())
  const watcher = new MutationObserver(() => (palette.value = read()))
  watcher.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  onScopeDispose(() => watcher.disconnect())
  return palette
}
