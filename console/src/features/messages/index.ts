import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'messages',
  pages: [
    {
      name: 'messages',
      path: 'messages',
      component: () => import('./MessagesPage.vue'),
      needs: 'messages.send',
      docs: 'console#what-supervisors-do-where',
      entry: { icon: 'message' },
    },
  ],
}
