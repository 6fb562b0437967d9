import type errors from '@/locales/en/errors.json'
import type { components } from './schema'

/** A record as the server's document describes it, by the record's own name. */
export type Wire<Name extends keyof components['schemas']> = components['schemas'][Name]

export type Permission = Wire<'Session'>['permissions'][number]

/** What the server may refuse with, by its stable word; each has a sentence in the catalogue. */
export type Slug = keyof typeof errors

/** The topics of live push: their sections, and the rows in them. */
export type Topics = Wire<'Topics'>
