<script setup lang="ts">
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import type { Wire } from '@/api/wire'
import { bodyOf } from '@/kit/form/body'
import RecordForm from '@/kit/form/RecordForm.vue'
import type { FormField } from '@/kit/form/types'
import { useResource } from '@/kit/resource'

type @One@ = Wire<'@One@'>

/** One of them; null for a new one. */
const props = defineProps<{ record: @One@ | null }>()
const emit = defineEmits<{ saved: []; cancel: [] }>()
const { t } = useI18n()
const pools = useResource(async () => (await api.get('/api/v1/floors')).floors)
/** Of the version that the form shows: who changed it meanwhile is not written over. */
let seen = props.record

const fields = computed((): FormField<@One@>[] => [
  { name: 'name', kind: 'text', label: t('@many@.name'), required: true, maxlength: 100 },
  {
    name: 'pool',
    kind: 'one',
    label: t('@many@.pool'),
    required: true,
    options: (pools.data.value ?? []).map((it) => ({ value: it.pool, label: it.pool })),
  },
  { name: 'text', kind: 'area', label: t('@many@.text'), maxlength: 2000, wide: true },
])
const shown = computed((): Partial<@One@> => props.record ?? { name: '', pool: '', text: '' })

async function save(changed: Partial<@One@>, all: Partial<@One@>): Promise<void> {
  if (!seen) await api.post('/api/v1/@many@', { body: bodyOf(all) })
  else
    await api.patch('/api/v1/@many@/{record}', {
      path: { record: seen.id },
      body: bodyOf({ version: seen.version, ...changed }),
    })
}
async function latest(id: string): Promise<@One@> {
  seen = await api.get('/api/v1/@many@/{record}', { path: { record: id } })
  return seen
}
</script>

<template>
  <RecordForm
    :fields="fields"
    :record="shown"
    :save="save"
    v-bind="record ? { latest: () => latest(record!.id) } : {}"
    :draft="`@one@.${record?.id ?? 'new'}`"
    :save-title="record ? t('common.save') : t('@many@.add')"
    cancellable
    testid="@one@"
    @saved="emit('saved')"
    @cancel="emit('cancel')"
  />
</template>
