import { api } from '@/api/client'

export const steerCampaign = (name: string, what: 'start' | 'pause' | 'stop') =>
  api.post('/api/v1/campaigns/{name}/{order}', { path: { name, order: what } })
