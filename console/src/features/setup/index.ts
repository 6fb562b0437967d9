import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'setup',
  pages: [
    {
      name: 'setup',
      path: 'setup',
      docs: 'operations#running-it',
      component: () => import('./SetupPage.vue'),
      needs: 'system.inspect',
      entry: { icon: 'check' },
    },
  ],
}
