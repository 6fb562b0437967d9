import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: '@many@',
  pages: [
    {
      name: '@many@',
      path: '@many@',
      docs: 'console',
      component: () => import('./@Many@Page.vue'),
      needs: '@many@.read',
      entry: { icon: 'list' },
    },
  ],
}
