import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'accounts',
  pages: [
    {
      name: 'people',
      path: 'people',
      docs: 'accounts#roles',
      component: () => import('./PeoplePage.vue'),
      needs: 'accounts.read',
      entry: { icon: 'people' },
    },
  ],
}
