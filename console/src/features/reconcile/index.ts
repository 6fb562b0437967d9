import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'reconcile',
  pages: [
    {
      name: 'differences',
      path: 'differences',
      docs: 'reconcile',
      component: () => import('./DifferencesPage.vue'),
      needs: 'reconcile.read',
      entry: { icon: 'check' },
    },
  ],
}
