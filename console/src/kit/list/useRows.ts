import { computed, ref, type WatchSource } from 'vue'
import { useResource } from '../resource'
import type { List, Sort } from './types'

/** A list that comes whole, as teams and roles do: sorted here, on one page. */
export function useRows<Row>(
  ask: () => Promise<readonly Row[]>,
  when?: WatchSource | WatchSource[],
): List<Row> {
  const { data, busy, fault, reload } = useResource(ask, when)
  return {
    rows: computed(() => data.value ?? []),
    busy,
    fault,
    whole: true,
    sort: ref<Sort | null>(null),
    size: ref(0),
    page: ref(1),
    lookedTo: ref(null),
    stop: () => undefined,
    hasNext: ref(false),
    next: () => undefined,
    previous: () => undefined,
    reload,
  }
}
