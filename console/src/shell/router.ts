import {
  createRouter,
  createWebHistory,
  type RouteMeta,
  type Router,
  type RouteRecordRaw,
} from 'vue-router'
import type { Permission } from '@/api/wire'
import { api } from '@/api/client'
import { FEATURES } from '@/features'
import { sayAll } from '@/i18n'
import { useSession, type Session } from '@/session/store'
import { titleOf, type Feature, type Page } from './feature'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown to whoever is not logged in. */
    open?: boolean
    /** The permission without which the screen is not offered. */
    needs?: Permission
    /** Shows only texts of `i18n/few`. */
    few?: boolean
    /** The key of its name in the catalogue. */
    title?: string
  }
}

function routeOf(feature: Feature, page: Page): RouteRecordRaw {
  const meta: RouteMeta = { title: titleOf(feature, page) }
  if (page.needs) meta.needs = page.needs
  if (page.open) meta.open = true
  if (page.few) meta.few = true
  return { name: page.name, path: page.path, component: page.component, meta }
}

function routesOf(wanted: (page: Page) => boolean): RouteRecordRaw[] {
  return FEATURES.flatMap((feature) =>
    (feature.pages ?? []).filter(wanted).map((page) => routeOf(feature, page)),
  )
}

const routes: RouteRecordRaw[] = [
  ...routesOf((page) => page.alone === true),
  {
    path: '/',
    component: () => import('@/shell/ConsoleShell.vue'),
    children: [
      { path: '', name: 'home', component: () => import('@/shell/HomePage.vue') },
      ...routesOf((page) => !page.alone),
    ],
  },
  { path: '/:rest(.*)*', name: 'lost', component: () => import('@/shell/LostPage.vue') },
]

/** Where somebody begins who asked for no screen in particular. */
export function homeOf(session: Session): string {
  const may = new Set(session.permissions)
  if (session.agent && session.scope === 'own') return 'desk'
  if (may.has('floors.read')) return 'floor'
  if (may.has('system.read')) return 'ops'
  return 'account'
}

/** Whoever looks after a site that cannot place a call yet begins with what is missing. */
async function beginOf(session: Session): Promise<string> {
  if (!session.permissions.includes('system.inspect')) return homeOf(session)
  const steps = await api.get('/api/v1/setup').then(
    (it) => it.steps,
    () => [],
  )
  const isMissing = steps.some((it) => !it.done && !it.optional && it.step !== 'start')
  return isMissing ? 'setup' : homeOf(session)
}

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach(async (to) => {
    const { session, may } = useSession()
    if (!session) return to.meta.open ? true : { name: 'login', query: { to: to.fullPath } }
    if (session.must_change) return to.name === 'password' ? true : { name: 'password' }
    if (to.name === 'login' || to.name === 'home') return { name: await beginOf(session) }
    if (to.meta.needs && !may(to.meta.needs)) return { name: 'lost' }
    return true
  })
  router.beforeResolve(async (to) => {
    if (!to.meta.few) await sayAll()
  })
  return router
}
