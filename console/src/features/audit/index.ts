import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'audit',
  pages: [
    {
      name: 'audit',
      path: 'audit',
      docs: 'accounts#audit-log',
      component: () => import('./AuditPage.vue'),
      needs: 'audit.read',
      entry: { icon: 'list' },
    },
  ],
}
