import type { Component } from 'vue'
import type { IconName } from '@/design/UiIcon.vue'
import type { Permission } from '@/api/wire'
import type { Session } from '@/session/store'

/** A folder of `features/`: what it adds to the console. The folders are named as on the server. */
export interface Feature {
  name: string
  pages?: readonly Page[]
  /** What goes on beside every page for whoever has the permission. */
  beside?: { component: () => Promise<{ default: Component }>; needs: Permission }
}

export interface Page {
  /** Its route; its title is the feature's text `pages.NAME`. */
  name: string
  path: string
  component: () => Promise<{ default: Component }>
  /** The page of the documentation, and its heading, that its help leads to. */
  docs: string
  /** The permission without which it is not offered. */
  needs?: Permission
  /** Shown to whoever is not logged in. */
  open?: boolean
  /** Without the bar and the navigation of the console. */
  alone?: boolean
  /** Shows only texts of `i18n/few`: those of all other pages need not be loaded for it. */
  few?: boolean
  /** In the main navigation, in the order of the list of features. */
  entry?: { icon: IconName; isFor?: (session: Session) => boolean }
}

/** The key of the page's name in the catalogue. */
export const titleOf = (feature: Feature, page: Page): string =>
  `${feature.name}.pages.${page.name}`
