type Say = (key: string, values?: Record<string, unknown>) => string

/** Causes of Q.850 with words of their own; others have those of their class. */
export const CAUSES = [
  1, 2, 3, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 28, 29, 31, 34, 38, 41, 42, 44, 47, 58, 65, 88,
  102, 111, 127,
]
export const CODES = [
  300, 301, 302, 400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 415, 480, 481, 482, 483, 484,
  485, 486, 487, 488, 500, 501, 502, 503, 504, 600, 603, 604, 606, 607, 608,
]

/** Why the network says that a call ended, in words, with its number. */
export function causeWords(cause: number | null, t: Say): string {
  if (cause === null || cause === 0) return ''
  return CAUSES.includes(cause)
    ? t('cdr.cause.of', { words: t(`cdr.cause.${cause}`), cause })
    : `Q.850 ${cause}`
}

/** The far end's last answer, in words, with its code. */
export function sipWords(code: number | null, t: Say): string {
  if (code === null) return ''
  return CODES.includes(code)
    ? t('cdr.sip.of', { words: t(`cdr.sip.${code}`), code })
    : `SIP ${code}`
}
