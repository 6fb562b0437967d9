import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'

/** What a control must carry so that its label, hint and fault are said with it. */
export interface FieldState {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
  'aria-required': true | undefined
}

const FIELD: InjectionKey<ComputedRef<FieldState>> = Symbol('field')

export const provideField = (state: ComputedRef<FieldState>): void => provide(FIELD, state)

/** The name of a control that opens a list or a calendar: its label and what is chosen. The control
 * has an id of its own, so that the label's `for` does not reach it. */
export const namedBy = (field: Partial<FieldState>): string | undefined =>
  field.id ? `${field.id}-label ${field.id}-value` : undefined

/** The field around a control; `{}` where a control stands alone and is named by `label`. */
export function useField(): ComputedRef<Partial<FieldState>> {
  return inject(
    FIELD,
    computed(() => ({})),
  )
}
