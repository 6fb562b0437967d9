import { onScopeDispose, shallowRef } from 'vue'
import { api } from '@/api/client'

const titles = shallowRef<ReadonlyMap<string, string>>(new Map())
let shown = 0
let every: ReturnType<typeof setInterval> | undefined

async function load(): Promise<void> {
  const told = await api.get('/api/v1/campaigns').catch(() => null)
  if (told) titles.value = new Map(told.campaigns.map((it) => [it.name, it.title || it.name]))
}

/** What a campaign is called by people, by the name it has in records; asked for once a minute. */
export function useCampaignTitles(): (name: string | null | undefined) => string {
  if (shown++ === 0) {
    void load()
    every = setInterval(load, 60_000)
  }
  onScopeDispose(() => {
    if (--shown === 0) clearInterval(every)
  })
  return (name) => (name ? (titles.value.get(name) ?? name) : '')
}
