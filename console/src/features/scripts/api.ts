import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

export type ScriptSheet = Wire<'ScriptSheet'>
export type Language = 'en' | 'zh'
export const LANGUAGES: readonly Language[] = ['zh', 'en']

const PATH = '/api/v1/campaigns/{name}/script'

export const getScript = (name: string) => api.get(PATH, { path: { name } })
export const putScript = (name: string, body: Wire<'ChangeScript'>) =>
  api.put(PATH, { path: { name }, body })
export const previewScript = (name: string, language: Language, text: string) =>
  api.post(`${PATH}/preview`, { path: { name }, body: { language, text, fields: {} } })

/** Versions of the campaign's settings in which the script changed, the newest first. */
export async function scriptVersions(name: string) {
  const path = { name }
  const { versions } = await api.get('/api/v1/campaigns/{name}/settings/versions', {
    path,
    query: { limit: 200 },
  })
  return versions.flatMap((it) => {
    const change = it.changes.find((one) => one.key === 'script')
    if (!change) return []
    const [before, after] = [change.before, change.after].map(
      (value) => (value ?? {}) as Partial<Record<Language, string>>,
    )
    return [{ ...it, before: before!, after: after! }]
  })
}
