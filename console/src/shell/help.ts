import { ref } from 'vue'
import { FEATURES } from '@/features'
import type { Feature, Page } from './feature'

/** Whether the help of the page is open. */
export const isHelpOpen = ref(false)

/** The page that a route shows, and whose it is. */
export function pageOf(route: string): { feature: Feature; page: Page } | null {
  for (const feature of FEATURES) {
    const page = feature.pages?.find((it) => it.name === route)
    if (page) return { feature, page }
  }
  return null
}

/** Whether this key asks for help: F1 anywhere, a question mark where nobody writes. */
export function asksForHelp(event: {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  isTyping: boolean
}): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  return event.key === 'F1' || ((event.key === '?' || event.key === '？') && !event.isTyping)
}
