import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'live',
  pages: [
    {
      name: 'floor',
      path: 'floor/:pool?',
      docs: 'console#what-supervisors-do-where',
      component: () => import('./FloorPage.vue'),
      needs: 'floors.read',
      entry: { icon: 'floor' },
    },
  ],
}
