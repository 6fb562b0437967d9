import { computed, ref, watch, type Ref } from 'vue'
import { found, type Option } from './options'

/** Asks for options by what was typed; the newest question's answer counts. */
export type Find = (text: string) => Promise<Option[]>

/** What a select offers now: its own options filtered, or what `find` answers while it is open. */
export function useOptions(own: () => Option[], find: () => Find | undefined, open: Ref<boolean>) {
  const text = ref('')
  const busy = ref(false)
  const answered = ref<Option[]>([])
  let asked = 0
  async function ask(ask: Find): Promise<void> {
    const mine = ++asked
    busy.value = true
    const options = await ask(text.value.trim()).catch(() => [])
    if (mine !== asked) return
    answered.value = options
    busy.value = false
  }
  let waiting: ReturnType<typeof setTimeout> | undefined
  watch([open, text], ([isOpen], [wasOpen]) => {
    clearTimeout(waiting)
    const asks = find()
    if (!isOpen) text.value = ''
    else if (asks) waiting = setTimeout(() => void ask(asks), wasOpen ? 200 : 0)
  })
  const offered = computed(() => (find() ? answered.value : found(own(), text.value)))
  /** Every option seen so far, so that a chosen one keeps its name. */
  const known = ref(new Map<string, Option>())
  watch(
    [own, answered],
    ([first, second]) => {
      for (const it of [...first, ...second]) known.value.set(it.value, it)
    },
    { immediate: true },
  )
  const nameOf = (value: string) => known.value.get(value)?.label ?? value
  return { text, busy, offered, nameOf }
}
