import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { List, Selection } from './types'

/**
 * What is ticked, by the rows' keys: it lasts over pages and sorting, and ends where the filters
 * change, for then nobody sees what they ticked.
 */
export function useSelection<Row>(
  list: List<Row>,
  keyOf: (row: Row) => string,
  filters: () => unknown,
) {
  const ticked = shallowRef(new Map<string, Row>())
  const all = ref(false)
  const clear = () => {
    ticked.value = new Map()
    all.value = false
  }
  watch(filters, clear, { deep: true })
  // A row that was loaded again is ticked as it is now.
  watch(list.rows as Ref<readonly Row[]>, (rows) => {
    const now = new Map(ticked.value)
    for (const row of rows) if (now.has(keyOf(row))) now.set(keyOf(row), row)
    ticked.value = now
  })
  const isTicked = (row: Row) => all.value || ticked.value.has(keyOf(row))
  function tick(row: Row, on = !isTicked(row)): void {
    const now = new Map(ticked.value)
    if (on) now.set(keyOf(row), row)
    else now.delete(keyOf(row))
    all.value = false
    ticked.value = now
  }
  function tickPage(on: boolean): void {
    const now = new Map(ticked.value)
    for (const row of list.rows.value) {
      if (on) now.set(keyOf(row), row)
      else now.delete(keyOf(row))
    }
    all.value = false
    ticked.value = now
  }
  const isPageTicked = computed(
    () => list.rows.value.length > 0 && list.rows.value.every((row) => isTicked(row)),
  )
  const selection = computed((): Selection<Row> => ({
    all: all.value,
    rows: [...ticked.value.values()],
  }))
  return { ticked, all, clear, isTicked, tick, tickPage, isPageTicked, selection }
}
