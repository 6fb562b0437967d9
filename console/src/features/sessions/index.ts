import type { Feature } from '@/shell/feature'

export const feature: Feature = {
  name: 'sessions',
  pages: [
    {
      name: 'login',
      path: '/login',
      docs: 'accounts#passwords-sessions-second-factor',
      component: () => import('./LoginPage.vue'),
      alone: true,
      few: true,
      open: true,
    },
    {
      name: 'password',
      path: '/password',
      docs: 'accounts#passwords-sessions-second-factor',
      component: () => import('./PasswordPage.vue'),
      alone: true,
      few: true,
    },
    {
      name: 'account',
      path: 'account',
      docs: 'accounts#passwords-sessions-second-factor',
      component: () => import('./AccountPage.vue'),
    },
  ],
}
