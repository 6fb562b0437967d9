import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'wallboard',
  pages: [
    {
      name: 'wallboard',
      path: '/wallboard/:pool?',
      docs: 'console#what-supervisors-do-where',
      component: () => import('./WallboardPage.vue'),
      needs: 'floors.read',
      alone: true,
    },
  ],
}
