import { ref } from 'vue'

export type Theme = 'light' | 'dark'

const root = document.documentElement
const theme = ref<Theme>(root.dataset.theme === 'dark' ? 'dark' : 'light')

/** The theme and its switch. The first one is chosen before the first paint: public/theme.js. */
export function useTheme() {
  function choose(chosen: Theme): void {
    theme.value = chosen
    root.dataset.theme = chosen
    localStorage.setItem('dialer.theme', chosen)
  }
  return { theme, choose, flip: () => choose(theme.value === 'dark' ? 'light' : 'dark') }
}
