import type { Option } from '@/design/options'
import type { Find } from '@/design/useOptions'

/** One field of a form over `R`, the record (or the body) of the API. */
export type FormField<R> = {
  name: keyof R & string
  label: string
  hint?: string
  required?: boolean
  readonly?: boolean
  /** Over both columns. */
  wide?: boolean
  /** Shown only while this holds of what is typed. */
  when?: (draft: Partial<R>) => boolean
  /** What is wrong with what is typed, in the reader's words; "" for nothing. */
  check?: (value: never, draft: Partial<R>) => string
} & (
  | { kind: 'text'; type?: 'text' | 'email' | 'tel' | 'url' | 'password'; maxlength?: number }
  | { kind: 'area'; rows?: number; maxlength?: number; mono?: boolean }
  | { kind: 'number'; min?: number; max?: number; step?: number; unit?: string }
  | { kind: 'one'; options?: Option[]; find?: Find; clearable?: boolean }
  | { kind: 'many'; options?: Option[]; find?: Find }
  | { kind: 'switch' }
  | { kind: 'date'; min?: string; max?: string }
  | { kind: 'moment'; zone?: string }
  /** Drawn by the slot `field-NAME` ({ value, set, draft }). */
  | { kind: 'own' }
)

/** A field that somebody else changed since it was loaded. */
export interface Difference {
  name: string
  before: unknown
  theirs: unknown
  mine: unknown
  /** Both changed it, and not to the same: one must choose. */
  isConflict: boolean
}
