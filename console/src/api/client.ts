import type { paths } from './schema'
import type { Slug, Wire } from './wire'

/** What the server said was wrong (RFC 9457). `slug` keeps its meaning, `detail` is for people. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly slug: Slug | `status-${number}`,
    readonly detail: string,
    readonly faults: string[] = [],
    /** Seconds to wait before another try, where the server said so. */
    readonly retryAfter: number | null = null,
    /** What the words of the slug speak of, and what is wrong with which field. */
    readonly said: Pick<Partial<Wire<'ProblemDetails'>>, 'facts' | 'faults'> = {},
  ) {
    super(detail || slug)
  }
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never
}[keyof paths]
type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P]
  ? paths[P][M]
  : never
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer B } } }
  ? B
  : never
type QueryOf<O> = O extends { parameters: { query?: infer Q } } ? Q : never
type PathOf<O> = O extends { parameters: { path: infer P } } ? P : Record<string, never>
type AnswerOf<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 201 | 202 ? JsonOf<R[S]> : never }[keyof R]
  : never
type JsonOf<R> = R extends { content: { 'application/json': infer J } } ? J : undefined

export interface Options<O> {
  path?: PathOf<O>
  query?: QueryOf<O>
  body?: BodyOf<O>
  /** A write with a key is done once, however often it is sent. */
  key?: string
}

let csrf: string | null = null
const onLoggedOut = new Set<() => void>()

/** What every changing request must carry; from the session. */
export function useCsrf(token: string | null): void {
  csrf = token
}

/** Called when the server no longer knows who we are. */
export function whenLoggedOut(then: () => void): void {
  onLoggedOut.add(then)
}

async function request<P extends keyof paths, M extends Method>(
  method: M,
  path: P,
  options: Options<Operation<P, M>> = {},
): Promise<AnswerOf<Operation<P, M>>> {
  const query = (options.query ?? {}) as object
  return ask(method, addressOf(String(path), options.path ?? {}, query), options.body, options.key)
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init)
  } catch {
    throw new Problem(0, 'unreachable', '')
  }
}

function addressOf(path: string, values: object = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String((values as Record<string, unknown>)[name])),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') search.append(name, String(value))
  }
  const tail = search.toString()
  return tail ? `${filled}?${tail}` : filled
}

/** A test of the server holds its words to those of the catalogue. */
function slugOf(type: string): Slug | undefined {
  return /^urn:dialer:problem:(.+)$/.exec(type)?.[1] as Slug | undefined
}

async function problemOf(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as {
    type?: string
    detail?: string
    errors?: string[]
  } & Problem['said']
  if (response.status === 401 && csrf !== null) onLoggedOut.forEach((then) => then())
  const wait = Number(response.headers.get('Retry-After'))
  return new Problem(
    response.status,
    slugOf(told.type ?? '') ?? `status-${response.status}`,
    told.detail ?? '',
    told.errors ?? [],
    Number.isFinite(wait) && wait > 0 ? wait : null,
    told,
  )
}

/** A file as the body, as it is. */
export async function upload<P extends PathsWith<'post'>>(
  path: P,
  { path: values, query }: Pick<Options<Operation<P, 'post'>>, 'path' | 'query'>,
  file: Blob,
): Promise<AnswerOf<Operation<P, 'post'>>> {
  const address = addressOf(String(path), values ?? {}, query ?? {})
  const headers: Record<string, string> = { Accept: 'application/json', 'Content-Type': 'text/csv' }
  if (csrf) headers['X-CSRF-Token'] = csrf
  const response = await reach(address, { method: 'POST', headers, body: file })
  if (!response.ok) throw await problemOf(response)
  return (await response.json()) as AnswerOf<Operation<P, 'post'>>
}

/** Milliseconds before the second and the third try of a write with a key that nobody answered. */
const AGAIN_MS = [300, 1500]

/** Until somebody answers, if the request may be repeated: its answer may have been lost. */
async function reachOnce(address: string, init: RequestInit): Promise<Response> {
  for (const wait of AGAIN_MS) {
    try {
      return await reach(address, init)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  return reach(address, init)
}

/** A request whose answer is taken for what the document says of it. */
async function ask<T>(method: Method, address: string, body?: unknown, key?: string): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (key) headers['Idempotency-Key'] = key
  if (method !== 'get' && csrf) headers['X-CSRF-Token'] = csrf
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const init: RequestInit = { method: method.toUpperCase(), headers, credentials: 'same-origin' }
  if (body !== undefined) init.body = JSON.stringify(body)
  const response = await (key ? reachOnce(address, init) : reach(address, init))
  if (!response.ok) throw await problemOf(response)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const api = {
  get: <P extends PathsWith<'get'>>(path: P, options?: Options<Operation<P, 'get'>>) =>
    request('get', path, options),
  post: <P extends PathsWith<'post'>>(path: P, options?: Options<Operation<P, 'post'>>) =>
    request('post', path, options),
  put: <P extends PathsWith<'put'>>(path: P, options?: Options<Operation<P, 'put'>>) =>
    request('put', path, options),
  patch: <P extends PathsWith<'patch'>>(path: P, options?: Options<Operation<P, 'patch'>>) =>
    request('patch', path, options),
  delete: <P extends PathsWith<'delete'>>(path: P, options?: Options<Operation<P, 'delete'>>) =>
    request('delete', path, options),
}
