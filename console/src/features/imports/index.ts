import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'imports',
  pages: [
    {
      name: 'imports',
      path: 'imports',
      docs: 'leads#importing-a-list',
      component: () => import('./ImportsPage.vue'),
      needs: 'leads.import',
    },
    {
      name: 'import',
      path: 'imports/new',
      docs: 'leads#importing-a-list',
      component: () => import('./ImportPage.vue'),
      needs: 'leads.import',
    },
  ],
}
