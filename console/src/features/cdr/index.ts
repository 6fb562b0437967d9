import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'cdr',
  pages: [
    {
      name: 'calls',
      path: 'calls/:call?',
      component: () => import('./CallsPage.vue'),
      needs: 'cdr.read',
      docs: 'console#what-supervisors-do-where',
      entry: { icon: 'phone' },
    },
  ],
}
