import { computed } from 'vue'
import { useForm } from '@/kit/form/useForm'
import { LANGUAGES, type Language } from './api'

type Texts = Partial<Record<Language, string>>
type Whole = Record<Language, string>

const whole = (texts: Texts): Whole => ({ en: texts.en ?? '', zh: texts.zh ?? '' })

/** The texts of a script as a form: kept while unsaved, and compared with what others did. */
export function useScriptForm(of: {
  draft: string
  texts: () => Texts
  latest: () => Promise<Texts>
  save: (texts: Texts) => Promise<void>
}) {
  const record = computed(() => whole(of.texts()))
  return useForm<Whole>({
    fields: () => LANGUAGES.map((name) => ({ name, kind: 'own' as const, label: name })),
    record: () => record.value,
    draft: () => of.draft,
    latest: () => async () => whole(await of.latest()),
    save: (_changed, all) => of.save(all),
  })
}
