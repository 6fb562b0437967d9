import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'leads',
  pages: [
    {
      name: 'lists',
      path: 'lists',
      docs: 'leads#lists',
      component: () => import('./ListsPage.vue'),
      needs: 'leads.read',
      entry: { icon: 'list', isFor: (session) => session.permissions.includes('leads.manage') },
    },
    {
      name: 'leads',
      path: 'leads',
      docs: 'leads#lists',
      component: () => import('./LeadsPage.vue'),
      needs: 'leads.read',
    },
  ],
}
