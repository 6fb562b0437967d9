import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'teams',
  pages: [
    {
      name: 'teams',
      path: 'people/teams',
      docs: 'accounts#scopes-teams-and-squads',
      component: () => import('./TeamsPage.vue'),
      needs: 'teams.read',
    },
  ],
}
