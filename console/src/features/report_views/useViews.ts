import { computed, onMounted, shallowRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import { dayOf } from '@/design/dates'
import { bodyOf } from '@/kit/form/body'
import { useResource } from '@/kit/resource'
import { useToast } from '@/kit/useToast'
import { useSession } from '@/session/store'
import { serverNow } from '@/time/clock'
import { daysMeant, isAs, ruleOf, type Shown, type View } from './view'

const PATH = '/api/v1/report_views/{record}'

/** The saved reports there are, and the one that the page's address names. */
export function useViews(shown: Readonly<Ref<Shown>>, show: (view: View) => void) {
  const { t } = useI18n()
  const route = useRoute()
  const router = useRouter()
  const session = useSession()
  const toast = useToast()
  const { data, reload } = useResource(async () => {
    const query = { limit: 500, sort: 'name' } as const
    return (await api.get('/api/v1/report_views', { query })).records
  })
  const open = shallowRef<View | null>(null)
  const today = () => dayOf(serverNow.value)
  const isMine = computed(
    () =>
      open.value !== null &&
      session.may('report_views.write') &&
      (open.value.created_by === session.session?.name || session.may('report_views.manage')),
  )
  const isChanged = computed(() => open.value !== null && !isAs(open.value, shown.value, today()))

  const named = (id: string) => [route.query.view ?? null].flat()[0] === id
  /** In the address first: what the filters write after it keeps it. */
  async function name(id: string | null): Promise<void> {
    const others = Object.entries(route.query).filter(([it]) => it !== 'view')
    const query = Object.fromEntries([...others, ...(id === null ? [] : [['view', id]])])
    if (id === null || !named(id)) await router.replace({ query })
  }
  async function use(view: View): Promise<void> {
    await name(view.id)
    open.value = view
    show(view)
  }
  async function choose(id: string): Promise<void> {
    const view = data.value?.find((it) => it.id === id)
    if (view) await use(view)
  }
  async function gone(): Promise<void> {
    toast.bad(t('report_views.away'))
    await name(null)
  }
  const asked = [route.query.view ?? null].flat()[0]
  /** A link with filters of its own shows what they say: whoever sent it had changed something. */
  const isBare = Object.keys(route.query).every((it) => it === 'view')
  onMounted(async () => {
    if (!asked) return
    try {
      const view = await api.get(PATH, { path: { record: asked } })
      if (view.archived_at !== null) await gone()
      else if (isBare) await use(view)
      else open.value = view
    } catch {
      await gone()
    }
  })

  /** What of the page's question a view keeps; the days as the rule that means them. */
  const question = () => {
    const { days, ...rest } = shown.value
    const isSame = open.value && same(daysMeant(open.value, today()), days)
    return { ...rest, ...(isSame ? {} : ruleOf(days, today())) }
  }
  const fresh = () => ({ ...question(), ...ruleOf(shown.value.days, today()) })
  async function save(): Promise<void> {
    const view = open.value
    if (!view) return
    try {
      const body = bodyOf<never>({ version: view.version, ...question() })
      open.value = await api.patch(PATH, { path: { record: view.id }, body })
      toast.good(t('report_views.saved', { name: view.name }))
    } catch (error) {
      toast.problem(error)
    }
    await reload()
  }
  async function saved(view: View): Promise<void> {
    await reload()
    await use(view)
  }
  async function remove(): Promise<void> {
    const view = open.value
    if (!view) return
    try {
      const path = { record: view.id }
      const away = await api.post(`${PATH}/archive`, { path, body: { version: view.version } })
      open.value = null
      await name(null)
      const back = async () => {
        await api.post(`${PATH}/restore`, { path, body: { version: away.version } })
        await reload()
      }
      const title = t('report_views.undo')
      const run = () => void back().catch(toast.problem)
      toast.good(t('report_views.deleted', { name: view.name }), { title, run })
    } catch (error) {
      toast.problem(error)
    }
    await reload()
  }
  const link = (view: View) =>
    new URL(router.resolve({ path: route.path, query: { view: view.id } }).href, location.href).href
  return { all: data, open, isMine, isChanged, choose, fresh, save, saved, remove, link }
}
const same = (a: { from: string; to: string }, b: { from: string; to: string }) =>
  a.from === b.from && a.to === b.to
