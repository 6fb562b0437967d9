import type { Wire } from '@/api/wire'

export type Lead = Wire<'WholeLead'>
export type NumberSaid = Required<Wire<'NumberSaid'>>

/** A lead as its form has it: the fields of its list beside those that every lead has. */
export type Typed = {
  name: string
  language: string
  timezone: string
  priority: number
  numbers: NumberSaid[]
} & Record<`field:${string}`, string>

export const FIELD = 'field:'

export function typedOf(lead: Lead): Partial<Typed> {
  const own = Object.entries(lead.fields).map(([key, it]) => [`${FIELD}${key}`, it])
  return {
    name: lead.name,
    language: lead.language ?? '',
    timezone: lead.timezone ?? '',
    priority: lead.priority,
    numbers: lead.numbers.map(({ number, kind, extension, dead }) => ({
      number,
      kind,
      extension,
      dead,
    })),
    ...Object.fromEntries(own),
  }
}

/** Fields of the list apart from the rest, as the API has them. */
function apart(values: Partial<Typed>): Record<string, unknown> {
  const entries = Object.entries(values)
  const fields = entries.filter(([key]) => key.startsWith(FIELD))
  return {
    ...Object.fromEntries(entries.filter(([key]) => !key.startsWith(FIELD))),
    fields: Object.fromEntries(fields.map(([key, it]) => [key.slice(FIELD.length), it ?? ''])),
  }
}

/** The body of a change: what was changed, and what its editor saw there before. */
export function changeOf(changed: Partial<Typed>, base: Partial<Typed>): Record<string, unknown> {
  const before = Object.fromEntries(
    Object.keys(changed).map((key) => [key, base[key as keyof Typed] ?? '']),
  ) as Partial<Typed>
  return { ...apart(changed), seen: apart(before) }
}
