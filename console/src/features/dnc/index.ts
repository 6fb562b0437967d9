import type { Feature } from '@/shell/feature'
import { isForPage } from './numbers'

export const feature: Feature = {
  name: 'dnc',
  pages: [
    {
      name: 'dnc',
      path: 'dnc',
      docs: 'compliance',
      component: () => import('./DncPage.vue'),
      entry: { icon: 'forbid', isFor: (session) => isForPage(session.permissions) },
    },
  ],
}
