import type { Wire } from '@/api/wire'

export type Token = Wire<'Token'>
export type TokenState = 'valid' | 'ended' | 'revoked'

/** What a token is at `now`, unix seconds. */
export function stateOf(token: Pick<Token, 'expires_at' | 'revoked_at'>, now: number): TokenState {
  if (token.revoked_at !== null) return 'revoked'
  return token.expires_at <= now ? 'ended' : 'valid'
}

/** Permissions by what they are about ("dnc.add": dnc), in the order they come in. */
export function grouped(permissions: readonly string[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const it of permissions) {
    const about = it.split('.', 1)[0]!
    groups.set(about, [...(groups.get(about) ?? []), it])
  }
  return [...groups]
}
