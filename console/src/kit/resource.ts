import { ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { useProblems } from './problems'

export interface Resource<T> {
  /** The newest answer; it stays while another is asked for. */
  data: Readonly<ShallowRef<T | null>>
  busy: Readonly<Ref<boolean>>
  /** What went wrong, in the reader's words; "" if nothing did. */
  fault: Readonly<Ref<string>>
  reload: () => Promise<void>
}

/**
 * What the server says, asked for at once and whenever `when` changes. Answers that come late, after
 * a newer question, are dropped.
 */
export function useResource<T>(
  ask: () => Promise<T>,
  when?: WatchSource | WatchSource[],
): Resource<T> {
  const { words } = useProblems()
  const data = shallowRef<T | null>(null)
  const busy = ref(true)
  const fault = ref('')
  let asked = 0
  async function reload(): Promise<void> {
    const mine = ++asked
    busy.value = true
    try {
      const answer = await ask()
      if (mine !== asked) return
      data.value = answer
      fault.value = ''
    } catch (error) {
      if (mine === asked) fault.value = words(error)
    } finally {
      if (mine === asked) busy.value = false
    }
  }
  if (when) watch(when, reload, { deep: true })
  void reload()
  return { data, busy, fault, reload }
}
