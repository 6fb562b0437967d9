import type { Wire } from '@/api/wire'
import type { Column } from '@/kit/list/types'
import { dayAndTime, timer } from '@/time/format'
import { dispositionOf, repOf } from './names'

type Call = Wire<'CallRow'>
type Say = (key: string) => string
const seconds = (value: number | null) => (value === null ? '–' : timer(value))
const word = (t: Say, kind: string, value: string | null) => (value ? t(`${kind}.${value}`) : '')

/** The columns of the list of calls; their ids are those of the export. */
export function columnsOf(t: Say, locale: string): Column<Call>[] {
  const time = (id: 'ringing_at' | 'answered_at' | 'connected_at' | 'ended_at'): Column<Call> => ({
    id,
    title: t(`cdr.column.${id}`),
    value: (it) => it[id],
    text: (it) => (it[id] === null ? '' : dayAndTime(it[id], locale)),
    optional: true,
  })
  const span = (
    id: 'talk_seconds' | 'ring_seconds' | 'wait_seconds' | 'wrapup_seconds' | 'recording_seconds',
    optional = true,
  ): Column<Call> => ({
    id,
    title: t(`cdr.column.${id}`),
    value: (it) => it[id],
    text: (it) => seconds(it[id]),
    align: 'end',
    optional,
  })
  const plain = (
    id: 'trunk' | 'caller_id' | 'node' | 'hangup_cause' | 'sip_code' | 'agent' | 'lead' | 'id',
  ): Column<Call> => ({
    id,
    title: t(`cdr.column.${id}`),
    value: (it) => it[id],
    optional: true,
  })
  return [
    {
      id: 'placed_at',
      title: t('cdr.placed'),
      value: (it) => it.placed_at,
      text: (it) => dayAndTime(it.placed_at, locale),
      fixed: true,
    },
    { id: 'number', title: t('cdr.number'), value: (it) => it.number },
    { id: 'lead_name', title: t('cdr.callee'), value: (it) => it.lead_name },
    { id: 'campaign', title: t('common.column.campaign'), value: (it) => it.campaign_title },
    { id: 'agent_name', title: t('common.column.name'), value: repOf },
    {
      id: 'outcome',
      title: t('cdr.outcome'),
      value: (it) => word(t, 'common.outcome', it.outcome) || t('cdr.open'),
    },
    {
      id: 'disposition',
      title: t('cdr.disposition'),
      value: (it) => dispositionOf(it, locale),
    },
    span('talk_seconds', false),
    {
      id: 'hangup_by',
      title: t('cdr.hangupBy'),
      value: (it) => word(t, 'words.hangupBy', it.hangup_by),
    },
    {
      id: 'recording_state',
      title: t('cdr.recording'),
      value: (it) => word(t, 'cdr.recordingState', it.recording_state),
    },
    span('ring_seconds'),
    span('wait_seconds'),
    span('wrapup_seconds'),
    span('recording_seconds'),
    time('ringing_at'),
    time('answered_at'),
    time('connected_at'),
    time('ended_at'),
    {
      id: 'mode',
      title: t('cdr.mode'),
      value: (it) => t(`words.callMode.${it.mode}`),
      optional: true,
    },
    {
      id: 'answered_by',
      title: t('cdr.answeredBy'),
      value: (it) => word(t, 'words.answeredBy', it.answered_by),
      optional: true,
    },
    plain('trunk'),
    plain('caller_id'),
    plain('node'),
    plain('hangup_cause'),
    plain('sip_code'),
    plain('agent'),
    plain('lead'),
    plain('id'),
  ]
}
