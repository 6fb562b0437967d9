import type { Ref } from 'vue'
import type { IconName } from '@/design/UiIcon.vue'

/** What a cell is sorted by, exported as and shown as where nothing else is said. */
export type CellValue = string | number | boolean | null | undefined

/** One column of a list of `Row`, a record of the API. A slot `cell-ID` shows it in its own way. */
export interface Column<Row> {
  id: string
  title: string
  value: (row: Row) => CellValue
  /** As it is shown, where that is not the value itself. */
  text?: (row: Row) => string
  /** The key the server sorts by; true: the column's id. Lists that are whole sort by every column. */
  sort?: string | true
  align?: 'start' | 'end'
  /** Not shown until somebody chooses it. */
  optional?: boolean
  /** Cannot be hidden. */
  fixed?: boolean
  /** CSS width, where the contents should not decide. */
  width?: string
}

export interface Sort {
  id: string
  desc: boolean
}

/** The rows of a list and how to go through them: `usePages` and `useRows` make one. */
export interface List<Row> {
  rows: Readonly<Ref<readonly Row[]>>
  busy: Readonly<Ref<boolean>>
  fault: Readonly<Ref<string>>
  /** All rows are here: sorting is done here, and there are no pages. */
  whole: boolean
  sort: Ref<Sort | null>
  size: Ref<number>
  page: Readonly<Ref<number>>
  /** While the server is looking for more, and after `stop`: how far back it has looked. */
  lookedTo: Readonly<Ref<number | null>>
  stop: () => void
  hasNext: Readonly<Ref<boolean>>
  next: () => void
  previous: () => void
  reload: () => Promise<void>
}

/** What is ticked: these rows, or all that the filters find, on every page. */
export type Selection<Row> = { all: false; rows: Row[] } | { all: true; rows: Row[] }

/** Something done to what is ticked. */
export interface BulkAction<Row> {
  id: string
  title: string
  icon?: IconName
  danger?: boolean
  /** Can be done to all that the filters find, not only to the ticked rows. */
  onAll?: boolean
  run: (selection: Selection<Row>) => unknown
}

/** Something done to one row, in the menu at its end. */
export interface RowAction<Row> {
  id: string
  title: string
  icon?: IconName
  danger?: boolean
  disabled?: boolean
  run: (row: Row) => unknown
}
