import { api } from '@/api/client'
import type { Wire } from '@/api/wire'

export const sendMessage = (to: Wire<'Addressed'>, text: string) =>
  api.post('/api/v1/messages', { body: { to, text } })
