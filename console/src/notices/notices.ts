import { computed, ref } from 'vue'
import { reader } from '@/kit/reader'

/** Words of the browser itself, for what cannot wait while its window is not looked at. */
export interface Notice {
  /** Two notices with one tag are one: the second takes the place of the first. */
  tag: string
  title: string
  body?: string
  /** What a click on it does, when the window is in front again. */
  open?: () => void
}

/** null: never asked. */
export type Wish = boolean | null

const KEY = 'dialer.notices'
const keyOf = (person: string) => `${KEY}.${person}`

export function readWish(store: Pick<Storage, 'getItem'>, person: string): Wish {
  const kept = store.getItem(keyOf(person))
  return kept === 'on' ? true : kept === 'off' ? false : null
}

/** Whether a person is asked: once, and only where the browser has not decided yet. */
export const isAsked = (wish: Wish, permission: string | null): boolean =>
  wish === null && permission === 'default'

/** Whether a notice is shown: wished, allowed, and nobody looks at the window. */
export const isShown = (wish: Wish, permission: string | null, isLookedAt: boolean): boolean =>
  wish === true && permission === 'granted' && !isLookedAt

const permissionNow = () => (typeof Notification === 'undefined' ? null : Notification.permission)
/** What the browser lets us do; null where it knows no notices. */
const permission = ref(permissionNow())
const changed = ref(0)
const wish = computed((): Wish => {
  void changed.value
  return readWish(localStorage, reader.value)
})

function want(on: boolean): void {
  localStorage.setItem(keyOf(reader.value), on ? 'on' : 'off')
  changed.value++
}

/** Switched on or off by the person; the browser asks its own question when it has to. */
async function choose(on: boolean): Promise<void> {
  want(on)
  if (on && permissionNow() === 'default') await Notification.requestPermission()
  permission.value = permissionNow()
}

function show(notice: Notice): void {
  permission.value = permissionNow()
  const isLookedAt = document.visibilityState === 'visible' && document.hasFocus()
  if (!isShown(wish.value, permission.value, isLookedAt)) return
  const { tag, title, body = '', open } = notice
  const shown = new Notification(title, { tag, body, lang: document.documentElement.lang })
  shown.onclick = () => {
    window.focus()
    open?.()
    shown.close()
  }
}

export function useNotices() {
  return {
    permission,
    wish,
    mayAsk: computed(() => isAsked(wish.value, permission.value)),
    choose,
    show,
  }
}
