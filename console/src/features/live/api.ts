import { api } from '@/api/client'

export const floors = () => api.get('/api/v1/floors')
