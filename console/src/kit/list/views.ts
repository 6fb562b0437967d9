import { ref, type Ref } from 'vue'
import { keep, kept } from '../reader'
import type { Sort } from './types'

/** How somebody looks at a list: kept in the browser under a name. */
export interface View {
  name: string
  hidden: string[]
  order: string[]
  sort: Sort | null
  size: number
  filters: Record<string, unknown>
}
export type Look = Omit<View, 'name'>

/** The saved views of one list, and the look it was left with. */
export function useViews(list: string): {
  views: Ref<View[]>
  save: (view: View) => void
  remove: (name: string) => void
  last: () => Partial<Look> | null
  remember: (look: Pick<Look, 'hidden' | 'order' | 'size'>) => void
} {
  const views = ref(kept<View[]>(`views.${list}`) ?? [])
  function put(all: View[]): void {
    views.value = all
    keep(`views.${list}`, all.length ? all : null)
  }
  const others = (name: string) => views.value.filter((it) => it.name !== name)
  return {
    views,
    save: (view) => put([...others(view.name), view].sort((a, b) => (a.name < b.name ? -1 : 1))),
    remove: (name) => put(others(name)),
    last: () => kept<Partial<Look>>(`look.${list}`),
    remember: (look) => keep(`look.${list}`, look),
  }
}
