import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'campaigns',
  pages: [
    {
      name: 'campaigns',
      path: 'campaigns/:name?',
      docs: 'console#what-supervisors-do-where',
      component: () => import('./CampaignsPage.vue'),
      needs: 'campaigns.read',
      entry: { icon: 'campaign' },
    },
  ],
}
