import { api } from '@/api/client'
import { bodyOf } from '@/kit/form/body'
import type { Wire } from '@/api/wire'

export type LeadList = Wire<'LeadListAnswer'>

/** In the order of a lead's life; what is claimed just now is as good as in a call. */
export const STATES = ['new', 'retry', 'queued', 'calling', 'done', 'dead', 'dnc'] as const
export type LeadState = (typeof STATES)[number]

/** One list among those of all campaigns. */
export const keyOf = (it: Pick<LeadList, 'campaign' | 'list'>) => `${it.campaign}/${it.list}`

/** Still to be called. */
export const left = (it: LeadList) => (it.leads.new ?? 0) + (it.leads.retry ?? 0)

/** Which share of the calls a list gets beside the running ones of its campaign; null: none. */
export function shareOf(it: LeadList, all: readonly LeadList[]): number | null {
  if (it.state === 'stopped') return null
  const beside = all.filter(
    (one) =>
      one.campaign === it.campaign && one.state === 'running' && one.priority === it.priority,
  )
  const sum = beside.reduce((total, one) => total + one.weight, 0)
  return sum ? it.weight / sum : null
}

/** Whether anybody has said how the lists of this campaign share. */
export function isMixed(campaign: string, all: readonly LeadList[]): boolean {
  const running = all.filter((it) => it.campaign === campaign && it.state === 'running')
  return new Set(running.map((it) => `${it.priority}/${it.weight}`)).size > 1
}

export const change = (it: LeadList, said: Partial<Wire<'ListPatch'>>) =>
  api.patch('/api/v1/lead-lists', {
    body: bodyOf({ campaign: it.campaign, list: it.list, ...said }),
  })

/** Which leads a deed is about: a list of a campaign, or some of its leads. */
export type Choice = Pick<Wire<'ChosenLeads'>, 'campaign'> & Partial<Wire<'ChosenLeads'>>

export const countOf = (choice: Choice) =>
  api.post('/api/v1/lead-lists/count', { body: bodyOf(choice) })
