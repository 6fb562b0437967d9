import type { Option } from '@/design/options'
import type { Find } from '@/design/useOptions'
import type { Days } from '@/design/dates'
import type { IconName } from '@/design/UiIcon.vue'

/** Both ends count; null: no bound. */
export interface Range {
  least: number | null
  most: number | null
}

/** One thing a list is filtered by. */
export type Filter = {
  id: string
  label: string
  /** A number or a name of somebody: it stands in no address, which others see and logs keep. */
  secret?: boolean
} & (
  | { kind: 'text'; placeholder?: string; icon?: IconName }
  | { kind: 'one'; options?: Option[]; find?: Find }
  | { kind: 'many'; options?: Option[]; find?: Find }
  | { kind: 'days' }
  | { kind: 'range'; unit?: string; min?: number; max?: number }
  | { kind: 'switch' }
)
export type FilterValue = string | string[] | Days | Range | boolean | null
export type FilterValues = Record<string, FilterValue>
