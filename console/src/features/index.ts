import type { Feature } from '@/shell/feature'
import { feature as accounts } from './accounts'
import { feature as agents } from './agents'
import { feature as alerts } from './alerts'
import { feature as audit } from './audit'
import { feature as callbacks } from './callbacks'
import { feature as campaigns } from './campaigns'
import { feature as cdr } from './cdr'
import { feature as desk } from './desk'
import { feature as dispositions } from './dispositions'
import { feature as dnc } from './dnc'
import { feature as figures } from './figures'
import { feature as imports } from './imports'
import { feature as leads } from './leads'
import { feature as live } from './live'
import { feature as mail } from './mail'
import { feature as messages } from './messages'
import { feature as phones } from './phones'
import { feature as reconcile } from './reconcile'
import { feature as recordings } from './recordings'
import { feature as results } from './results'
import { feature as roles } from './roles'
import { feature as scripts } from './scripts'
import { feature as sessions } from './sessions'
import { feature as settings } from './settings'
import { feature as setup } from './setup'
import { feature as simulations } from './simulations'
import { feature as supervision } from './supervision'
import { feature as system } from './system'
import { feature as teams } from './teams'
import { feature as tokens } from './tokens'
import { feature as wallboard } from './wallboard'
import { feature as webhooks } from './webhooks'
import { feature as reportSchedules } from './report_schedules'
import { feature as reportViews } from './report_views'

/** All there are; those with pages stand in the order of the main navigation. */
export const FEATURES: readonly Feature[] = [
  desk,
  live,
  callbacks,
  campaigns,
  cdr,
  leads,
  imports,
  recordings,
  messages,
  figures,
  dnc,
  system,
  reconcile,
  audit,
  accounts,
  agents,
  setup,
  teams,
  roles,
  tokens,
  webhooks,
  mail,
  sessions,
  wallboard,
  alerts,
  dispositions,
  phones,
  results,
  scripts,
  settings,
  simulations,
  supervision,
  reportViews,
  reportSchedules,
]
