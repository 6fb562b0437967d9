import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'system',
  pages: [
    {
      name: 'ops',
      path: 'ops',
      docs: 'operations',
      component: () => import('./OpsPage.vue'),
      needs: 'system.read',
      entry: { icon: 'server' },
    },
  ],
}
