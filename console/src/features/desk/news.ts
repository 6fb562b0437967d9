/** Words for the moment something happens that the rep did not do: messages, callbacks, orders. */
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { say } from '@/design/toasts'
import { useNotices } from '@/notices/notices'
import { serverNow } from '@/time/clock'
import type { Panels } from './commands'
import type { Desk } from './desk'
import { useReasons } from '@/features/agents/public'
import { useRefusals } from './refusals'

export function useNews(desk: Desk, panels: Panels): void {
  const { t } = useI18n()
  const { reasonOf } = useReasons()
  const { isRule, ruleWords } = useRefusals()
  const notices = useNotices()
  const told = new Set<string>()

  watch(
    desk.messages,
    (now) => {
      for (const it of now) {
        if (it.read_at !== null || told.has(it.id)) continue
        told.add(it.id)
        say('info', t('desk.messages.toast', { from: it.who, text: it.text }))
        notices.show({
          tag: `message.${it.id}`,
          title: t('desk.messages.notice', { from: it.who }),
          body: it.text,
          open: () => (panels.messages = true),
        })
      }
    },
    { immediate: true },
  )
  watch(serverNow, (now) => {
    for (const it of desk.callbacks.value ?? []) {
      const isJustDue = it.owner === 'me' && it.due_at <= now && it.due_at > now - 120
      if (!isJustDue || told.has(it.id)) continue
      told.add(it.id)
      const words = t('desk.callbacks.toast', { name: it.lead_name || it.number })
      say('info', words)
      notices.show({ tag: `callback.${it.id}`, title: words })
    }
  })
  watch(desk.row, (now, before) => {
    if (!now?.by || now.by === before?.by || now.state === before?.state) return
    const reason = reasonOf(now.reason)
    if ((FORCED as readonly string[]).includes(now.state))
      say('info', t(`desk.forced.${now.state}`, { by: now.by, reason }))
  })
  // A call that a rep has asked for passes the gate once more when it goes out.
  watch(
    () => desk.row.value?.last_attempt,
    (attempt) => {
      const rule = desk.row.value?.last_outcome ?? ''
      if (attempt && isRule(rule)) say('info', t('desk.rule.told', { why: ruleWords(rule) }))
    },
  )
  // A menu that was open for another state has nothing to say any more.
  watch(
    () => desk.scene.value.state,
    () => {
      panels.pause = false
      panels.skip = false
    },
  )
}
/** States into which somebody else may put a rep. */
export const FORCED = ['ready', 'paused', 'out'] as const
