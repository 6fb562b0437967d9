/** Reports to begin with; each is a choice that anybody could have made, and stands in the address. */
export interface Ready {
  id: string
  by: string[]
  across?: string
  hot?: boolean
  figures?: string[]
}
const REACH = ['dials', 'answer_rate', 'connect_rate', 'contacts', 'contact_rate']

export const READY: readonly Ready[] = [
  { id: 'day', by: ['day'] },
  { id: 'week', by: ['week'] },
  { id: 'month', by: ['month'] },
  { id: 'heat', by: ['hour'], across: 'weekday', hot: true, figures: ['connect_rate'] },
  { id: 'campaign', by: ['campaign'] },
  {
    id: 'list',
    by: ['list'],
    figures: ['leads_dialed', 'leads_reached', 'attempts_per_contact', ...REACH, 'sales_calls'],
  },
  { id: 'agent', by: ['agent'] },
  {
    id: 'time',
    by: ['agent'],
    figures: ['logged_in', 'ready_time', 'paused', 'occupancy', 'utilisation', 'dials_per_hour'],
  },
  { id: 'squad', by: ['team', 'squad'] },
  { id: 'disposition', by: ['disposition'], figures: ['contacts', 'talk', 'avg_talk'] },
  { id: 'outcome', by: ['outcome'], figures: ['dials', 'leads_dialed'] },
  { id: 'trunk', by: ['trunk'], figures: [...REACH, 'machine_rate'] },
  { id: 'caller_id', by: ['caller_id'], figures: [...REACH, 'machine_rate'] },
  {
    id: 'abandons',
    by: ['campaign', 'day'],
    figures: ['human_answers', 'abandons', 'abandon_rate'],
  },
]
