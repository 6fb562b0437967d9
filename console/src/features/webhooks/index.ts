import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'webhooks',
  pages: [
    {
      name: 'webhooks',
      path: 'webhooks',
      component: () => import('./WebhooksPage.vue'),
      needs: 'webhooks.read',
      docs: 'operations',
      entry: { icon: 'external' },
    },
  ],
}
