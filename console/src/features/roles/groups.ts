/** What permissions are about, in the order in which they are shown; their first word says which. */
const ABOUT: Record<string, readonly string[]> = {
  floor: ['floors', 'agents', 'calls', 'messages', 'results', 'alerts'],
  campaigns: ['campaigns', 'leads', 'dnc', 'settings'],
  records: ['cdr', 'recordings', 'numbers', 'audit'],
  people: ['accounts', 'roles', 'teams', 'tokens'],
  system: ['system', 'webhooks'],
}

export interface Group {
  name: string
  permissions: string[]
}

/** The permissions in groups; one that fits in none is among the last. */
export function groupsOf(permissions: readonly string[]): Group[] {
  const groupOf = (permission: string) => {
    const about = permission.split('.')[0]!
    return Object.keys(ABOUT).find((it) => ABOUT[it]!.includes(about)) ?? 'system'
  }
  return Object.keys(ABOUT)
    .map((name) => ({ name, permissions: permissions.filter((it) => groupOf(it) === name) }))
    .filter((it) => it.permissions.length)
}
