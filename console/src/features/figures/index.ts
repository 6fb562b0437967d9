import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'figures',
  pages: [
    {
      name: 'reports',
      path: 'reports',
      docs: 'figures',
      component: () => import('./ReportsPage.vue'),
      needs: 'figures.read',
      entry: { icon: 'chart' },
    },
  ],
}
