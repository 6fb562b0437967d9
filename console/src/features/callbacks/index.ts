import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'callbacks',
  pages: [
    {
      name: 'callbacks',
      path: 'callbacks',
      docs: 'rep-desk',
      component: () => import('./CallbacksPage.vue'),
      needs: 'agents.steer',
      entry: { icon: 'calendar' },
    },
  ],
}
