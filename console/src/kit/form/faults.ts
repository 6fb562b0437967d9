import type { Problem } from '@/api/client'
import type { Wire } from '@/api/wire'

/** A fault of one field: the key of its words, what they speak of, and it in English. */
export interface FieldFault {
  name: string
  key: string
  facts: Record<string, string | number>
  text: string
}

type Told = Wire<'FieldFault'>

/** `to.agent` is a fault of `agent` or of `to`, whichever the form has. */
function ofField(told: Told, text: string, names: readonly string[]): FieldFault | null {
  const name = told.field.split('.').find((it) => names.includes(it))
  return name ? { name, key: `kit.fault.${told.slug}`, facts: told.facts, text } : null
}

/** The faults of fields of a form in a problem, and the lines of those that belong to none. */
export function faultsOf(
  problem: Problem,
  names: readonly string[],
): { fields: FieldFault[]; rest: string[] } {
  const told = problem.said.faults ?? []
  const lineOf = (it: Told) =>
    problem.faults.find((line) => line.startsWith(`body.${it.field}: `)) ?? ''
  const found = told.map((it) => {
    const text = lineOf(it).slice(`body.${it.field}: `.length)
    return { line: lineOf(it), fault: ofField(it, text, names) }
  })
  const shown = new Set(found.filter((it) => it.fault).map((it) => it.line))
  const lines = problem.faults.length ? problem.faults : [problem.detail].filter(Boolean)
  return {
    fields: found.flatMap((it) => it.fault ?? []),
    rest: lines.filter((it) => !shown.has(it)),
  }
}

/** In the reader's language: what is wrong with a field, or what is said of any refusal. */
export function wordsOf(
  fault: FieldFault,
  { t, te }: { t: (key: string, facts: object) => string; te: (key: string) => boolean },
): string {
  const own = fault.key.replace('kit.fault.', 'errors.')
  const key = [fault.key, own].find(te)
  return key ? t(key, { detail: fault.text, ...fault.facts }).trim() : fault.text
}
