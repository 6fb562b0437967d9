import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { useI18n } from 'vue-i18n'
import { Problem } from '@/api/client'
import { useConfirm } from '../confirm'
import { useProblems } from '../problems'
import { keep, kept } from '../reader'
import { changes, copied, differences, merged, picked, same } from './draft'
import { faultsOf, wordsOf } from './faults'
import type { Difference, FormField } from './types'

/** Slugs that say: somebody else changed the record since it was loaded. */
const STALE = new Set(['stale', 'changed-since', 'precondition-failed'])

interface Kept {
  at: number
  base: Record<string, unknown>
  draft: Record<string, unknown>
}

export interface FormOptions<R extends object> {
  fields: () => FormField<R>[]
  /** The record as it was loaded; for a new one what the fields begin with. */
  record: () => Partial<R>
  /** A name under which what is typed outlives a reload; one per record. */
  draft: () => string | undefined
  save: (changed: Partial<R>, all: Partial<R>, base: Partial<R>) => Promise<unknown>
  /** The record as it is now: asked for before it is saved, to see what others did meanwhile. */
  latest: () => (() => Promise<Partial<R>>) | undefined
}

/** What is typed into a form, what is wrong with it, and what others did to the record meanwhile. */
export function useForm<R extends object>(options: FormOptions<R>) {
  const { t, te } = useI18n()
  const { words } = useProblems()
  const names = computed(() => options.fields().map((it) => it.name))
  const base = shallowRef<Record<string, unknown>>({})
  const draft = ref<Record<string, unknown>>({})
  const faults = ref<Record<string, string>>({})
  const fault = ref('')
  const busy = ref(false)
  /** When what is shown was typed, if it was found in the browser: unix milliseconds. */
  const restoredAt = ref<number | null>(null)
  const theirs = shallowRef<Difference[]>([])
  const changed = computed(() => changes(base.value, draft.value))
  const isDirty = computed(() => Object.keys(changed.value).length > 0)

  function fill(values: Record<string, unknown>): void {
    draft.value = copied(values)
  }
  function begin(): void {
    base.value = picked(options.record(), names.value)
    const old = options.draft() ? kept<Kept>(`draft.${options.draft()}`) : null
    const isOld = old !== null && Object.keys(changes(old.base, old.draft)).length > 0
    // What was typed goes over the record as it is now; what others changed since is said.
    fill(isOld ? merged(old.base, base.value, { ...base.value, ...old.draft }) : base.value)
    restoredAt.value = isOld && isDirty.value ? old.at : null
    if (isOld) theirs.value = differences(old.base, base.value, draft.value)
  }
  begin()
  watch(
    () => options.record(),
    (now, before) => {
      const isSame = same(picked(now, names.value), before ? picked(before, names.value) : null)
      if (!isSame && !isDirty.value) begin()
    },
  )

  const remember = () => {
    const name = options.draft()
    if (!name) return
    const value: Kept = { at: Date.now(), base: base.value, draft: draft.value }
    keep(`draft.${name}`, isDirty.value ? value : null)
  }
  let waiting: ReturnType<typeof setTimeout> | undefined
  watch(
    draft,
    () => {
      clearTimeout(waiting)
      waiting = setTimeout(remember, 150)
    },
    { deep: true },
  )
  addEventListener('pagehide', remember)
  onScopeDispose(() => {
    clearTimeout(waiting)
    removeEventListener('pagehide', remember)
  })

  function set(name: string, value: unknown): void {
    draft.value = { ...draft.value, [name]: value }
    faults.value = { ...faults.value, [name]: '' }
  }
  function discard(): void {
    fill(base.value)
    clear()
    remember()
  }
  function clear(): void {
    restoredAt.value = null
    theirs.value = []
    fault.value = ''
    faults.value = {}
  }

  const isEmpty = (value: unknown) =>
    value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)
  function check(): boolean {
    const found: Record<string, string> = {}
    const typed = draft.value as Partial<R>
    for (const it of options.fields()) {
      if (it.when && !it.when(typed)) continue
      const value = typed[it.name]
      if (it.required && isEmpty(value)) found[it.name] = t('kit.fault.required')
      else if (it.check && !isEmpty(value)) {
        const said = it.check(value as never, typed)
        if (said) found[it.name] = said
      }
    }
    faults.value = found
    return Object.keys(found).length === 0
  }

  async function meet(): Promise<boolean> {
    const ask = options.latest()
    if (!ask) return false
    const now = picked(await ask(), names.value)
    theirs.value = differences(base.value, now, draft.value)
    if (!theirs.value.length) return false
    fill(merged(base.value, now, draft.value))
    base.value = now
    return true
  }
  function told(error: unknown): void {
    if (!(error instanceof Problem) || error.status === 0) {
      fault.value = error instanceof Problem ? t('kit.form.notSent') : words(error)
      return
    }
    const { fields, rest } = faultsOf(error, names.value)
    const said = fields.map((it) => [it.name, wordsOf(it, { t, te })])
    faults.value = Object.fromEntries(said)
    fault.value = fields.length && !rest.length ? '' : words(error)
  }
  /** What `save` answered; undefined where it was not done, and the form says why. */
  async function submit(): Promise<{ answer: unknown } | undefined> {
    fault.value = ''
    if (busy.value || !check()) return undefined
    busy.value = true
    try {
      theirs.value = []
      if (await meet()) return undefined
      const answer = await options.save(
        copied(changed.value) as Partial<R>,
        copied(draft.value) as Partial<R>,
        base.value as Partial<R>,
      )
      base.value = copied(draft.value)
      clear()
      remember()
      return { answer }
    } catch (error) {
      if (error instanceof Problem && STALE.has(error.slug) && (await seen())) return undefined
      told(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  const seen = () => meet().catch(() => false)

  return { draft, faults, fault, busy, restoredAt, theirs, isDirty, set, discard, submit }
}

/** Asks before somebody leaves a page whose form holds what is not saved and not kept either. */
export function useLeaveGuard(isDirty: Ref<boolean>): void {
  const { t } = useI18n()
  const { confirm } = useConfirm()
  onBeforeRouteLeave(() =>
    isDirty.value
      ? confirm({
          title: t('kit.form.leave'),
          text: t('kit.form.leaveText'),
          confirm: t('kit.form.leaveYes'),
          danger: true,
        })
      : true,
  )
}
