import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'mail',
  pages: [
    {
      name: 'mail',
      path: 'mail',
      component: () => import('./MailPage.vue'),
      needs: 'mail.read',
      docs: 'operations#mail',
      entry: { icon: 'message' },
    },
  ],
}
