import { computed, reactive, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery } from 'vue-router'
import { momentsOf, type Days } from '@/design/dates'
import type { Filter, FilterValue, FilterValues, Range } from './types'
import { emptyOf, readBack, written } from './values'

const first = (query: LocationQuery, id: string): string | null =>
  [query[id] ?? null].flat()[0] ?? null

/**
 * What a list is filtered by, kept in the page's address: a filtered list can be sent to somebody
 * else, survives a reload, and Back undoes it. The getters say what the API is to be asked.
 */
export function useFilters(filters: Filter[]) {
  const route = useRoute()
  const router = useRouter()
  const values: FilterValues = reactive({})
  const take = (query: LocationQuery) => {
    for (const it of filters) {
      if (it.secret && it.id in values) continue
      const text = it.secret ? null : first(query, it.id)
      if (written(it, values[it.id]) !== text || !(it.id in values))
        values[it.id] = readBack(it, text)
    }
  }
  take(route.query)
  const name = route.name
  watch(
    () => route.query,
    (query) => {
      if (route.name === name) take(query)
    },
  )
  watch(values, () => {
    const ours = new Set(filters.map((it) => it.id))
    const others = Object.entries(route.query).filter(([id]) => !ours.has(id))
    const now = filters
      .filter((it) => !it.secret)
      .map((it) => [it.id, written(it, values[it.id])] as const)
    const query = Object.fromEntries([...others, ...now.filter(([, text]) => text !== null)])
    void router.replace({ query })
  })
  return {
    filters,
    values,
    set: (id: string, to: FilterValue) => void (values[id] = to),
    text: (id: string) => (typeof values[id] === 'string' ? values[id].trim() || null : null),
    many: (id: string) => (Array.isArray(values[id]) ? values[id] : []),
    isOn: (id: string) => values[id] === true,
    range: (id: string): Range => {
      const range = values[id] as Range | null
      return range && typeof range === 'object' && 'least' in range
        ? range
        : { least: null, most: null }
    },
    /** Unix seconds at or after `since` and before `until`; nulls where all days are meant. */
    moments: (id: string, zone?: string) => {
      const days = values[id] as Days | null
      return days && typeof days === 'object' && 'from' in days
        ? momentsOf(days, zone)
        : { since: null, until: null }
    },
    isAny: computed(() => filters.some((it) => written(it, values[it.id]) !== null)),
    clear: () =>
      Object.assign(values, Object.fromEntries(filters.map((it) => [it.id, emptyOf(it)]))),
    /** The values of a saved view. */
    use: (saved: Record<string, unknown>) =>
      Object.assign(
        values,
        Object.fromEntries(filters.map((it) => [it.id, saved[it.id] ?? emptyOf(it)])),
      ),
  }
}
export type Filters = ReturnType<typeof useFilters>
