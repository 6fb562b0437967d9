import type { Option } from '@/design/options'

/** What the server made of the beginning of a file. */
export interface Preview {
  columns: {
    /** The heading in the file, or its number where there is none. */
    name: string
    /** The first values. */
    examples: string[]
    /** The field it seems to be; null: none. */
    guess: string | null
  }[]
  rows: number | null
}

/** A field that a column can be. */
export interface TargetField extends Option {
  required?: boolean
  /** Several columns may be it: a second and third number. */
  many?: boolean
}

/** Column name → field; null: left out. */
export type Mapping = Record<string, string | null>

/** What is wrong with a mapping: a needed field that no column is, or one that two are. */
export interface MappingFault {
  kind: 'missing' | 'twice'
  field: string
}

export function mappingFaults(fields: TargetField[], mapping: Mapping): MappingFault[] {
  const chosen = Object.values(mapping)
  const times = (it: TargetField) => chosen.filter((one) => one === it.value).length
  return fields.flatMap((it): MappingFault[] => {
    if (it.required && times(it) === 0) return [{ kind: 'missing', field: it.label }]
    return !it.many && times(it) > 1 ? [{ kind: 'twice', field: it.label }] : []
  })
}

export interface Progress {
  done: number
  /** Null: not known yet. */
  total: number | null
}

/** What an upload does on the server; each may reject with a Problem. */
export interface Upload<Result> {
  preview: (file: File) => Promise<Preview>
  /** The first rows as they will be taken, one object of shown texts per row. */
  sample?: (file: File, mapping: Mapping) => Promise<Record<string, string>[]>
  run: (
    file: File,
    mapping: Mapping,
    on: { progress: (it: Progress) => void; signal: AbortSignal },
  ) => Promise<Result>
}
