import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'desk',
  pages: [
    {
      name: 'desk',
      path: '/desk',
      docs: 'rep-desk',
      component: () => import('./DeskPage.vue'),
      alone: true,
      few: true,
      entry: { icon: 'headset', isFor: (session) => session.agent != null },
    },
  ],
}
