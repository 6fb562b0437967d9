/** The state in the tab's title and icon, to be seen from another tab. */
import { watchEffect, onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import { timer } from '@/time/format'
import { serverNow } from '@/time/clock'
import { tabIcon } from './scene'
import type { Desk } from './desk'

export function useTab(desk: Desk): void {
  const { t } = useI18n()
  const icon = document.querySelector<HTMLLinkElement>('#icon')
  const before = document.title
  watchEffect(() => {
    const { shown, since, until } = desk.scene.value
    const word = t(`common.state.${shown}`)
    // Minutes are enough in a title: one that changes every second is noise in a tab bar.
    const minutes = since === null ? '' : timer(Math.floor((serverNow.value - since) / 60) * 60)
    const name = desk.card.value?.lead.name ?? ''
    const title = [word, until === null && shown !== 'out' ? minutes : '', name]
    document.title = title.filter(Boolean).join(' · ')
    const wanted = tabIcon(shown)
    if (icon && icon.getAttribute('href') !== wanted) icon.setAttribute('href', wanted)
  })
  onScopeDispose(() => {
    document.title = before
    icon?.setAttribute('href', tabIcon('out'))
  })
}
