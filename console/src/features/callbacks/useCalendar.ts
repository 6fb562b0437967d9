/** The callbacks of the days shown, and the one that is being moved. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { useProblems } from '@/shell/problems'
import { withOffset } from '@/time/calltime'
import { serverNow } from '@/time/clock'
import { calendar, moveCallback } from './api'
import { clashes, daysOf, isOpen, rep, type Calendar, type Entry } from './calendar'

const EVERY_MS = 30_000
const here = () => ({
  name: Intl.DateTimeFormat().resolvedOptions().timeZone || null,
  offsetMinutes: -new Date().getTimezoneOffset(),
})

export function useCalendar(agent: Ref<string | null>, view: Ref<'day' | 'week'>) {
  const { tell, words } = useProblems()
  const at = ref(serverNow.value)
  const days = computed(() => daysOf(view.value, at.value))
  const found = shallowRef<Calendar | null>(null)
  const fault = ref('')
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    try {
      const answer = await calendar(days.value[0]!, days.value.at(-1)!, agent.value)
      if (mine !== asked) return
      found.value = answer
      fault.value = ''
    } catch (error) {
      if (mine === asked) fault.value = words(error)
    }
  }
  watch([agent, () => days.value.join()], () => void load(), { immediate: true })
  const every = setInterval(() => document.hidden || void load(), EVERY_MS)
  onScopeDispose(() => clearInterval(every))

  const chosen = ref<string | null>(null)
  /** Where the chosen one would go; null: it stays. */
  const to = ref<number | null>(null)
  const saving = ref(false)
  const entries = computed(() => found.value?.callbacks ?? [])
  const entry = computed(() => entries.value.find((it) => it.id === chosen.value) ?? null)
  const hours = computed(() => (entry.value ? found.value?.hours[entry.value.hours] : undefined))
  /** As they are drawn: the one that is moved stands where it would go. */
  const drawn = computed(() =>
    entries.value.map((it) =>
      it.id === chosen.value && to.value !== null ? { ...it, due_at: to.value } : it,
    ),
  )
  const moved = computed(() => {
    const it = entry.value
    if (!it || to.value === null || Math.abs(to.value - it.due_at) < 60) return null
    return {
      at: to.value,
      isPast: to.value <= serverNow.value,
      isOpen: isOpen(hours.value, to.value),
      clashes: clashes(entries.value, it.id, to.value, rep(it)),
    }
  })

  function choose(it: Entry): void {
    if (chosen.value !== it.id) to.value = null
    chosen.value = it.id
  }
  function take(): void {
    to.value = null
  }
  async function save(): Promise<void> {
    const it = entry.value
    const wish = moved.value
    if (!it || !wish || wish.isPast || saving.value) return
    saving.value = true
    try {
      await moveCallback(it.id, { due_at: withOffset(wish.at, here()) })
      await load()
      to.value = null
    } catch (error) {
      tell(error)
    } finally {
      saving.value = false
    }
  }
  /** Others of the same rep at nearly the same time, of every entry drawn. */
  const clashing = computed(
    () =>
      new Set(
        drawn.value
          .filter((it) => clashes(drawn.value, it.id, it.due_at, rep(it)).length > 0)
          .map((it) => it.id),
      ),
  )

  return {
    at,
    days,
    found,
    fault,
    load,
    chosen,
    to,
    saving,
    entry,
    hours,
    drawn,
    moved,
    clashing,
    choose,
    take,
    save,
  }
}
