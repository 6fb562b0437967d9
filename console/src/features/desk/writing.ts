/** What the rep writes down of the call on the screen, kept over reloads until it is sent. */
import { computed, inject, provide, ref, watch, type InjectionKey } from 'vue'
import { newKey } from '@/api/keys'
import { serverNow } from '@/time/clock'
import type { Desk } from './desk'
import { dropDraft, emptyDraft, keepDraft, leftOver, readDraft, type Draft } from './drafts'
import type { LocalTime } from './model'
import { missing } from './results'
import { withOffset, zoneAt, type Zone } from '@/time/calltime'

/** Seconds before the wrap-up's end at which what was chosen is sent by itself. */
const LAST_MOMENT_S = 1

export function provideWriting(desk: Desk) {
  const draft = ref<Draft>(emptyDraft('', ''))
  const sent = ref<string | null>(null)
  let tried: string | null = null
  /** Whose finish is on its way: the push that answers it may come before the answer. */
  const sending = new Set<string>()

  watch(
    desk.card,
    (card) => {
      if (card === null || card.attempt === draft.value.attempt) return
      draft.value = readDraft(sessionStorage, card.attempt, card.lead.id)
      void sendLeftOver(card.attempt)
    },
    { immediate: true },
  )
  watch(
    draft,
    (now) => {
      if (now.attempt) keepDraft(sessionStorage, now)
    },
    { deep: true },
  )

  /** Notes of calls whose wrap-up ended before they were sent are not lost. */
  async function sendLeftOver(current: string | null): Promise<void> {
    for (const old of leftOver(sessionStorage, current)) {
      if (sending.has(old.attempt)) continue
      const words = old.note.trim()
      const done =
        !words ||
        !old.lead ||
        (await desk.server.note(old.lead, old.attempt, words, old.key).then(
          () => true,
          () => false,
        ))
      if (done) dropDraft(sessionStorage, old.attempt)
    }
  }
  watch(
    () => desk.scene.value.hasLead,
    (has) => {
      if (has || !desk.isKnown.value) return
      draft.value = emptyDraft('', '')
      void sendLeftOver(null)
    },
  )

  async function saveNote(): Promise<void> {
    const { lead, attempt, note, key } = draft.value
    const words = note.trim()
    if (!words || !lead) return
    const done = await desk.act('note', (server) => server.note(lead, attempt, words, key))
    if (!done || draft.value.attempt !== attempt) return
    draft.value.note = ''
    draft.value.key = newKey()
    desk.reloadCard()
  }

  const zone = computed<Zone>(() => zoneOf(desk.card.value?.lead.local_time ?? null))
  const lacks = computed(() =>
    missing(
      draft.value,
      desk.card.value?.dispositions ?? [],
      desk.card.value?.disposition_required ?? false,
    ),
  )

  async function finish(thenPause = false): Promise<boolean> {
    const { attempt, disposition, callBackAt, callBackOwner, note, key } = draft.value
    if (lacks.value !== null || sent.value === attempt || sending.has(attempt)) return false
    sending.add(attempt)
    const chosen = desk.card.value?.dispositions.find((it) => it.code === disposition)
    const asksTime = chosen?.asks_time === true && callBackAt !== null
    const done = await desk.act('finish', (server) =>
      server.finish(attempt, {
        disposition,
        then_pause: thenPause,
        ...(asksTime
          ? {
              call_back_at: withOffset(callBackAt, zone.value),
              call_back_owner: callBackOwner,
            }
          : {}),
        ...(note.trim() ? { note: note.trim(), note_key: key } : {}),
      }),
    )
    sending.delete(attempt)
    if (done) {
      sent.value = attempt
      dropDraft(sessionStorage, attempt)
    } else if (draft.value.attempt !== attempt) void sendLeftOver(draft.value.attempt || null)
    return done
  }

  // What the rep has chosen is not lost because the time ran out a moment before Enter.
  watch(serverNow, (now) => {
    const until = desk.scene.value.until
    if (desk.scene.value.state !== 'wrapup' || until === null) return
    const { attempt, disposition } = draft.value
    if (until - now >= LAST_MOMENT_S || !disposition || tried === attempt) return
    tried = attempt
    void finish()
  })

  const writing = { draft, sent, lacks, zone, saveNote, finish }
  provide(WRITING, writing)
  return writing
}

export type Writing = ReturnType<typeof provideWriting>
const WRITING: InjectionKey<Writing> = Symbol('writing')

export function useWriting(): Writing {
  const writing = inject(WRITING)
  if (!writing) throw new Error('no writing is provided')
  return writing
}

/** The zone of a lead, told by the server for the moment `at`; the rep's own where nobody knows. */
export function zoneOf(
  local: Pick<LocalTime, 'zone' | 'utc_offset_minutes'> | null,
  at = Date.now() / 1000,
): Zone {
  return local ? zoneAt(local.zone, local.utc_offset_minutes, at) : ownZone()
}

export function ownZone(): Zone {
  return {
    name: Intl.DateTimeFormat().resolvedOptions().timeZone || null,
    offsetMinutes: -new Date().getTimezoneOffset(),
  }
}
