<script setup lang="ts">
import { computed, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import type { Wire } from '@/api/wire'
import UiButton from '@/design/UiButton.vue'
import UiDrawer from '@/design/UiDrawer.vue'
import FilterBar from '@/kit/filter/FilterBar.vue'
import { useFilters } from '@/kit/filter/useFilters'
import KitPage from '@/kit/KitPage.vue'
import DataTable from '@/kit/list/DataTable.vue'
import type { Column, RowAction } from '@/kit/list/types'
import { usePages } from '@/kit/list/usePages'
import { useToast } from '@/kit/useToast'
import { useSession } from '@/session/store'
import { dayAndTime } from '@/time/format'
import @One@Form from './@One@Form.vue'

type @One@ = Wire<'@One@'>

const { t, locale } = useI18n()
const toast = useToast()
const session = useSession()
const mayChange = computed(() => session.may('@many@.manage'))
const open = shallowRef<@One@ | 'new' | null>(null)

const filters = useFilters([
  { id: 'text', kind: 'text', label: t('@many@.search') },
  { id: 'pool', kind: 'text', label: t('@many@.pool') },
  { id: 'archived', kind: 'switch', label: t('@many@.archived') },
])
const asked = () => ({
  text: filters.text('text'),
  pool: filters.text('pool'),
  archived: filters.isOn('archived') || null,
})
const list = usePages(
  async ({ cursor, limit, sort }) => {
    const order = sort ? (`${sort.desc ? '-' : ''}${sort.id}` as 'name') : null
    const query = { ...asked(), after: cursor, limit, sort: order }
    const page = await api.get('/api/v1/@many@', { query })
    return { rows: page.records, next: page.next }
  },
  { when: () => filters.values },
)
const columns = computed((): Column<@One@>[] => [
  { id: 'name', title: t('@many@.name'), value: (it) => it.name, sort: true, fixed: true },
  { id: 'pool', title: t('@many@.pool'), value: (it) => it.pool },
  { id: 'text', title: t('@many@.text'), value: (it) => it.text },
  {
    id: 'changed_at',
    title: t('@many@.changed'),
    value: (it) => it.changed_at,
    text: (it) => `${dayAndTime(it.changed_at, locale.value)} · ${it.changed_by}`,
    sort: true,
  },
])
const actionsOf = (row: @One@): RowAction<@One@>[] =>
  row.archived_at === null
    ? [
        { id: 'edit', title: t('@many@.edit'), run: (it) => (open.value = it) },
        { id: 'archive', title: t('@many@.archive'), run: (it) => move(it, 'archive') },
      ]
    : [{ id: 'restore', title: t('@many@.restore'), run: (it) => move(it, 'restore') }]

async function move(row: @One@, where: 'archive' | 'restore'): Promise<void> {
  const options = { path: { record: row.id }, body: { version: row.version } }
  try {
    if (where === 'archive') await api.post('/api/v1/@many@/{record}/archive', options)
    else await api.post('/api/v1/@many@/{record}/restore', options)
  } catch (error) {
    toast.problem(error)
  }
  await list.reload()
}
async function saved(): Promise<void> {
  open.value = null
  await list.reload()
}
function download(format: string): void {
  const given = Object.entries({ ...asked(), format }).filter(([, it]) => it !== null)
  const query = new URLSearchParams(given.map(([name, it]) => [name, String(it)]))
  location.assign(`/api/v1/@many@/export?${query}`)
}
</script>

<template>
  <KitPage :title="t('@many@.pages.@many@')" :text="t('@many@.intro')">
    <template v-if="mayChange" #actions>
      <UiButton kind="main" icon="plus" data-testid="@many@-add" @click="open = 'new'">
        {{ t('@many@.add') }}
      </UiButton>
    </template>
    <DataTable
      name="@many@"
      :label="t('@many@.pages.@many@')"
      :columns="columns"
      :list="list"
      :key-of="(it: @One@) => it.id"
      :filters="filters.values"
      :exports="[{ id: 'csv', title: 'CSV' }]"
      v-bind="mayChange ? { actions: actionsOf } : {}"
      :opens="mayChange"
      :empty="{ title: t('@many@.none'), text: t('@many@.noneMore') }"
      @filters="filters.use"
      @open="open = $event"
      @export="download"
    >
      <template #bar><FilterBar :of="filters" testid="@many@-filter" /></template>
    </DataTable>
    <UiDrawer
      v-if="open"
      :title="open === 'new' ? t('@many@.add') : open.name"
      testid="@one@-drawer"
      @close="open = null"
    >
      <@One@Form :record="open === 'new' ? null : open" @saved="saved" @cancel="open = null" />
    </UiDrawer>
  </KitPage>
</template>
