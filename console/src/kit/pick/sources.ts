import { api } from '@/api/client'
import type { Option } from '@/design/options'

/** What a picker offers. The value is the id the API takes. */
const SOURCES = {
  /** Accounts: who logs in. */
  person: async (): Promise<Option[]> =>
    (await api.get('/api/v1/accounts')).accounts.map((it) => ({
      value: it.id,
      label: it.full_name || it.name,
      hint: [it.name, it.team].filter(Boolean).join(' · '),
    })),
  /** Agents: who takes calls. */
  rep: async (): Promise<Option[]> =>
    (await api.get('/api/v1/agents')).agents.map((it) => ({
      value: it.code,
      label: it.name,
      hint: it.code,
    })),
  team: async (): Promise<Option[]> =>
    (await api.get('/api/v1/teams')).teams.map((it) => ({ value: it.id, label: it.name })),
  campaign: async (): Promise<Option[]> =>
    (await api.get('/api/v1/campaigns')).campaigns.map((it) => ({
      value: it.name,
      label: it.title || it.name,
      hint: it.title && it.title !== it.name ? it.name : undefined,
    })),
} as const
export type Picked = keyof typeof SOURCES

const FRESH_MS = 60_000
const known = new Map<Picked, { at: number; options: Promise<Option[]> }>()

/** The options of a picker; asked for once a minute, however many pickers stand on a screen. */
export function optionsOf(kind: Picked, now = Date.now()): Promise<Option[]> {
  const old = known.get(kind)
  if (old && now - old.at < FRESH_MS) return old.options
  const options = SOURCES[kind]()
  known.set(kind, { at: now, options })
  // What failed is asked for again at the next opening.
  options.catch(() => known.delete(kind))
  return options
}

/** After a change of such records: the next opening asks anew. */
export const forget = (kind: Picked): void => void known.delete(kind)
