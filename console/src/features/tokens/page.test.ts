import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { useSession, type Session } from '@/session/store'
import { must, seen, shown, type } from '@/kit/testing/mount'
import { grouped, stateOf } from './model'
import TokensPage from './TokensPage.vue'

const token = {
  id: 't1',
  name: 'crm',
  account: 'eva',
  scopes: ['cdr.read'],
  created_at: 1,
  expires_at: 4e9,
  last_used_at: null,
  revoked_at: null,
}

setActivePinia(createPinia())
beforeEach(() => {
  vi.spyOn(api, 'get').mockResolvedValue({ tokens: [token] } as never)
  vi.spyOn(api, 'post').mockResolvedValue({ ...token, token: 'dt_secret' } as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

async function page(permissions: string[]) {
  useSession().session = { permissions, name: 'eva' } as unknown as Session
  await shown(TokensPage, {}, { language: 'zh-CN' })
  await flushPromises()
}

it('a token is valid until it ends, unless it was revoked', () => {
  const of = (expires_at: number, revoked_at: number | null) => ({ expires_at, revoked_at })
  expect(stateOf(of(10, null), 9.9)).toBe('valid')
  expect(stateOf(of(10, null), 10)).toBe('ended')
  expect(stateOf(of(10, 3), 9)).toBe('revoked')
})
it('permissions stand by what they are about', () => {
  expect(grouped(['dnc.add', 'cdr.read', 'dnc.check'])).toEqual([
    ['dnc', ['dnc.add', 'dnc.check']],
    ['cdr', ['cdr.read']],
  ])
})
it('tells a token’s permissions in the reader’s words', async () => {
  await page(['tokens.own'])
  expect(must('tokens').textContent).toContain('导出话单')
  expect(must('tokens').textContent).toContain('从未使用')
  expect(seen('tokens-everybody')).toBeNull()
})
it('everybody’s are for whoever manages tokens', async () => {
  await page(['tokens.own', 'tokens.manage'])
  must('tokens-everybody').click()
  await flushPromises()
  expect(api.get).toHaveBeenLastCalledWith('/api/v1/tokens', { query: { everybody: true } })
})
it('is made of one’s own permissions, and shown once', async () => {
  await page(['cdr.read', 'tokens.own'])
  must('token-begin').click()
  await flushPromises()
  expect(seen('scope-leads.read')).toBeNull()
  type(must('token-name'), 'crm')
  await flushPromises()
  ;(must('token') as HTMLFormElement).requestSubmit()
  await flushPromises()
  expect(api.post).not.toHaveBeenCalled()
  must('scope-cdr.read').click()
  await flushPromises()
  ;(must('token') as HTMLFormElement).requestSubmit()
  await flushPromises()
  expect(api.post).toHaveBeenCalledExactlyOnceWith('/api/v1/tokens', {
    body: { name: 'crm', days: 90, scopes: ['cdr.read'] },
  })
  expect((must('token-value') as HTMLInputElement).value).toBe('dt_secret')
  must('token-kept').click()
  await flushPromises()
  expect(document.body.innerHTML).not.toContain('dt_secret')
})
