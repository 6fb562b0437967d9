import { computed, ref, watch, type WatchSource } from 'vue'
import { useResource } from '../resource'
import type { List, Sort } from './types'
import { useLooking } from './useLooking'

export interface Wish {
  /** What the page before answered as its `next`; null: the first page. */
  cursor: string | null
  limit: number
  sort: Sort | null
}
export interface Answer<Row> {
  rows: readonly Row[]
  /** Null: this is the last page. */
  next: string | null
  /** Not all there is was looked at, only what is newer than this (unix seconds): `next` goes on. */
  lookedTo?: number | null
}

/**
 * A list that comes page by page, each asked for with the cursor of the one before. `when` are the
 * filters: when they change, or the order or the size of a page does, it begins at the first page.
 */
export function usePages<Row>(
  ask: (wish: Wish) => Promise<Answer<Row>>,
  options: { when?: WatchSource | WatchSource[]; size?: number; sort?: Sort } = {},
): List<Row> {
  const sort = ref<Sort | null>(options.sort ?? null)
  const size = ref(options.size ?? 50)
  /** The cursors of the pages up to this one; the last is this page's own. */
  const cursors = ref<(string | null)[]>([null])
  const wish = (): Wish => ({
    cursor: cursors.value.at(-1) ?? null,
    limit: size.value,
    sort: sort.value,
  })
  const looking = useLooking(ask)
  const { data, busy, fault, reload } = useResource(() => looking.fill(wish()))
  function begin(): void {
    cursors.value = [null]
    void reload()
  }
  function next(): void {
    if (busy.value || !data.value?.next) return
    cursors.value = [...cursors.value, data.value.next]
    void reload()
  }
  function previous(): void {
    if (busy.value || cursors.value.length < 2) return
    cursors.value = cursors.value.slice(0, -1)
    void reload()
  }
  watch([sort, size, ...[options.when ?? []].flat()], begin, { deep: true })
  return {
    rows: computed(() => looking.rows.value ?? data.value?.rows ?? []),
    lookedTo: looking.to,
    stop: looking.stop,
    busy,
    fault,
    whole: false,
    sort,
    size,
    page: computed(() => cursors.value.length),
    hasNext: computed(() => data.value?.next != null),
    next,
    previous,
    reload,
  }
}
