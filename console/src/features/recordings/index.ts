import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'recordings',
  pages: [
    {
      name: 'recordings',
      path: 'recordings',
      docs: 'recordings',
      component: () => import('./RecordingsPage.vue'),
      needs: 'recordings.listen',
      entry: { icon: 'play' },
    },
  ],
}
