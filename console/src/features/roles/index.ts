import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'roles',
  pages: [
    {
      name: 'roles',
      path: 'people/roles',
      docs: 'accounts#roles',
      component: () => import('./RolesPage.vue'),
      needs: 'roles.read',
    },
  ],
}
