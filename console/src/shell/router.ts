import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { useSession, type Session } from '@/session/store'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown to whoever is not logged in. */
    open?: boolean
    /** The permission without which the screen is not offered. */
    needs?: string
    /** The key of its name in the catalogue `shell`. */
    title?: string
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('@/session/LoginPage.vue'),
    meta: { open: true, title: 'login' },
  },
  {
    path: '/password',
    name: 'password',
    component: () => import('@/session/PasswordPage.vue'),
    meta: { title: 'password' },
  },
  {
    path: '/desk',
    name: 'desk',
    component: () => import('@/rep/DeskPage.vue'),
    meta: { title: 'desk' },
  },
  {
    path: '/wallboard/:pool?',
    name: 'wallboard',
    component: () => import('@/wallboard/WallboardPage.vue'),
    meta: { needs: 'floors.read', title: 'wallboard' },
  },
  {
    path: '/',
    component: () => import('@/shell/ConsoleShell.vue'),
    children: [
      { path: '', name: 'home', component: () => import('@/shell/HomePage.vue') },
      {
        path: 'floor/:pool?',
        name: 'floor',
        component: () => import('@/floor/FloorPage.vue'),
        meta: { needs: 'floors.read', title: 'floor' },
      },
      {
        path: 'campaigns/:name?',
        name: 'campaigns',
        component: () => import('@/floor/CampaignsPage.vue'),
        meta: { needs: 'campaigns.read', title: 'campaigns' },
      },
      {
        path: 'recordings',
        name: 'recordings',
        component: () => import('@/floor/RecordingsPage.vue'),
        meta: { needs: 'recordings.listen', title: 'recordings' },
      },
      {
        path: 'ops',
        name: 'ops',
        component: () => import('@/ops/OpsPage.vue'),
        meta: { needs: 'system.read', title: 'ops' },
      },
      {
        path: 'audit',
        name: 'audit',
        component: () => import('@/ops/AuditPage.vue'),
        meta: { needs: 'audit.read', title: 'audit' },
      },
      {
        path: 'people',
        name: 'people',
        component: () => import('@/ops/PeoplePage.vue'),
        meta: { needs: 'accounts.read', title: 'people' },
      },
      {
        path: 'account',
        name: 'account',
        component: () => import('@/session/AccountPage.vue'),
        meta: { title: 'account' },
      },
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

export function makeRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.beforeEach((to) => {
    const { session, may } = useSession()
    if (!session) return to.meta.open ? true : { name: 'login', query: { to: to.fullPath } }
    if (session.must_change) return to.name === 'password' ? true : { name: 'password' }
    if (to.name === 'login' || to.name === 'home') return { name: homeOf(session) }
    if (to.meta.needs && !may(to.meta.needs)) return { name: 'lost' }
    return true
  })
  return router
}
