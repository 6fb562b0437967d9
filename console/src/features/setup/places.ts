import type { Wire } from '@/api/wire'

type StepName = Wire<'Step'>['step']

/** The page on which a step is done. */
const PLACES: Record<StepName, string> = {
  teams: 'teams',
  people: 'people',
  reps: 'reps',
  trunk: 'ops',
  campaign: 'campaigns',
  list: 'campaigns',
  hours: 'campaigns',
  dnc: 'campaigns',
  network: 'ops',
  start: 'campaigns',
}

export const placeOf = (step: StepName): string => PLACES[step]

/** What stands in the settings for a trunk: the same in every language. */
export const TRUNK_SAMPLE = `[[trunk]]
name = "carrier"
host = "sip.your-carrier.example"
caller_ids = ["+442079460000"]`
