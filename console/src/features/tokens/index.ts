import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'tokens',
  pages: [
    {
      name: 'tokens',
      path: 'tokens',
      docs: 'accounts#tokens',
      component: () => import('./TokensPage.vue'),
      needs: 'tokens.own',
      entry: { icon: 'shield' },
    },
  ],
}
