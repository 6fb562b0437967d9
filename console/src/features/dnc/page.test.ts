import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { api, Problem } from '@/api/client'
import { useSession, type Session } from '@/session/store'
import { must, seen, shown, type } from '@/kit/testing/mount'
import DncPage from './DncPage.vue'
import { isForPage, numbersIn, unreadable } from './numbers'

const entry = { reason: '投诉', source: 'eva', added_at: '2026-11-30T08:00:00Z', expires_at: null }
const asked = vi.fn()

setActivePinia(createPinia())
beforeEach(() => {
  asked.mockReset()
  vi.spyOn(api, 'get').mockResolvedValue({ changes: [] } as never)
  vi.spyOn(api, 'post').mockImplementation(((path: string, options: unknown) =>
    Promise.resolve(asked(path, options))) as never)
})
afterEach(() => {
  vi.restoreAllMocks()
  document.body.innerHTML = ''
})

async function page(permissions: string[]) {
  useSession().session = { permissions, name: 'eva' } as unknown as Session
  await shown(DncPage, {}, { language: 'zh-CN' })
  await flushPromises()
}
const check = async (text: string) => {
  type(must('dnc-numbers'), text)
  must('dnc-check').closest('form')!.requestSubmit()
  await flushPromises()
}

it('numbers are parted at lines and at commas of both languages, each once', () => {
  expect(numbersIn(' +86 10 1234 5678\n+49 30 1,+49 30 1；0755、\n')).toEqual([
    '+86 10 1234 5678',
    '+49 30 1',
    '0755',
  ])
})
it('the page is for whoever looks up, imports or takes off; a rep lists from the desk', () => {
  expect(isForPage(['dnc.add'])).toBe(false)
  expect(isForPage(['dnc.check'])).toBe(true)
})
it('says of each number what the list says', async () => {
  asked.mockReturnValue({
    numbers: [
      { ...entry, number: '+49301', listed: true },
      { number: '+49302', listed: false, reason: '', source: '', added_at: null, expires_at: null },
    ],
  })
  await page(['dnc.check'])
  await check('+49301, +49302')
  expect(asked).toHaveBeenCalledWith('/api/v1/dnc/check', {
    body: { numbers: ['+49301', '+49302'], region: '' },
  })
  expect(must('dnc-found').textContent).toMatch(/\+49301.*禁止呼叫.*投诉.*\+49302.*不在名单中/)
})
it('names what is no number at the field, and keeps it', async () => {
  asked.mockImplementation(() => {
    throw new Problem(422, 'invalid-number', '', ['not a phone number (abc)'])
  })
  await page(['dnc.check'])
  await check('abc')
  expect(must('dnc-numbers').getAttribute('aria-invalid')).toBe('true')
  expect(document.body.textContent).toContain('填写地区：abc')
  expect((must('dnc-numbers') as HTMLTextAreaElement).value).toBe('abc')
})
it('another fault names no number', () => {
  expect(unreadable(new Problem(422, 'reason-needed', '', ['why (really)']))).toEqual([])
})
it('shows only what one may do', async () => {
  await page(['dnc.check'])
  for (const part of ['dnc-add', 'dnc-remove', 'dnc-file', 'dnc-changes'])
    expect(seen(part)).toBeNull()
  expect(api.get).not.toHaveBeenCalled()
})
it('puts on only with a reason', async () => {
  asked.mockReturnValue({ added: 1, change: 'c1' })
  await page(['dnc.add'])
  type(must('dnc-numbers'), '+49301')
  must('dnc-add').click()
  await flushPromises()
  ;(must('dnc-why') as HTMLFormElement).requestSubmit()
  await flushPromises()
  expect(asked).not.toHaveBeenCalled()
  type(must('dnc-why-reason'), '客户要求')
  ;(must('dnc-why') as HTMLFormElement).requestSubmit()
  await flushPromises()
  expect(asked).toHaveBeenCalledExactlyOnceWith('/api/v1/dnc', {
    body: { numbers: ['+49301'], region: '', reason: '客户要求', expires_at: null },
  })
  expect(seen('dnc-adding')).toBeNull()
})
