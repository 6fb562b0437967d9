import { computed, type Ref } from 'vue'
import { api } from '@/api/client'
import type { Wire } from '@/api/wire'
import { useResource } from '@/kit/resource'

type Question = Wire<'AskReport'>
const PACES = ['day', 'week', 'month']

/** How the figures of a report will probably go on, where it is by days, weeks or months alone. */
export function useForecast(body: Readonly<Ref<Question>>, isOn: () => boolean) {
  const isSteady = computed(() => body.value.by?.length === 1 && PACES.includes(body.value.by[0]!))
  const asked = computed(() => (isOn() && isSteady.value ? JSON.stringify(body.value) : ''))
  const { data, fault } = useResource<Wire<'ForecastShown'> | null>(
    async () =>
      asked.value ? await api.post('/api/v1/figures/forecast', { body: body.value }) : null,
    asked,
  )
  const says = computed(() => data.value?.steps.some((it) => it.bands.some((one) => one)) ?? false)
  return { forecast: data, fault, isSteady, says }
}
