import {
  columnOrderingFeature,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
} from '@tanstack/vue-table'
import { computed, ref, type Ref } from 'vue'
import type { CellValue, Column, List, Sort } from './types'

const features = tableFeatures({
  columnOrderingFeature,
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
})
type Features = typeof features

/** By number where both are, else as the reader's language orders words; what is missing comes last. */
export function compare(one: CellValue, other: CellValue, locale: string): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return String(one ?? '').localeCompare(String(other ?? ''), locale, { numeric: true })
}

/** Where a column may be sorted by: everywhere in a whole list, else where the server can. */
export const canSort = <Row>(column: Column<Row>, whole: boolean): boolean =>
  whole || column.sort !== undefined

/** The order after a click on a column: up, down, as it came. */
export function nextSort(sort: Sort | null, id: string): Sort | null {
  if (sort?.id !== id) return { id, desc: false }
  return sort.desc ? null : { id, desc: true }
}

/** Sorting, order and choice of columns, by TanStack; what is drawn is this kit's own. */
export function useListTable<Row extends object>(
  columns: Ref<Column<Row>[]>,
  list: List<Row>,
  keyOf: (row: Row) => string,
  locale: Ref<string>,
) {
  const hidden = ref<string[]>(columns.value.filter((it) => it.optional).map((it) => it.id))
  const order = ref<string[]>([])
  const defined = computed(() =>
    columns.value.map((column): ColumnDef<Features, Row> => ({
      id: column.id,
      accessorFn: (row: Row) => column.value(row) ?? undefined,
      sortUndefined: 'last',
      sortFn: (a, b, id) => compare(a.getValue(id), b.getValue(id), locale.value),
    })),
  )
  const table = useTable<Features, Row>({
    features,
    columns: defined,
    data: list.rows,
    getRowId: keyOf,
    manualSorting: !list.whole,
    state: computed(() => ({
      sorting: list.sort.value ? [list.sort.value] : [],
      columnVisibility: Object.fromEntries(hidden.value.map((id) => [id, false])),
      columnOrder: order.value,
    })),
  })
  const byId = computed(() => new Map(columns.value.map((it) => [it.id, it])))
  const shown = computed(() =>
    table.getVisibleLeafColumns().flatMap((it) => byId.value.get(it.id) ?? []),
  )
  const inOrder = computed(() =>
    table.getAllLeafColumns().flatMap((it) => byId.value.get(it.id) ?? []),
  )
  const rows = computed(() => table.getRowModel().rows.map((row) => row.original))
  return { hidden, order, shown, inOrder, rows }
}
