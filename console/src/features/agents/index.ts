import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'agents',
  pages: [
    {
      name: 'reps',
      path: 'people/reps',
      docs: 'desk-phones',
      component: () => import('./RepsPage.vue'),
      needs: 'agents.manage',
      // Whoever sees the people finds the reps beside them.
      entry: {
        icon: 'headset',
        isFor: (session) => !session.permissions.includes('accounts.read'),
      },
    },
  ],
}
