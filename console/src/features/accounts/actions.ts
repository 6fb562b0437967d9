import { useI18n } from 'vue-i18n'
import { api } from '@/api/client'
import { bodyOf } from '@/kit/form/body'
import type { Wire } from '@/api/wire'
import { useConfirm } from '@/kit/confirm'
import type { RowAction } from '@/kit/list/types'
import { useToast } from '@/kit/useToast'

type Account = Wire<'Account'>

interface Around {
  mayChange: () => boolean
  edit: (account: Account) => void
  /** A one-time password to be shown once. */
  told: (name: string, password: string) => void
  done: () => Promise<void>
}

/** What an administrator does to a person, besides editing. */
export function useActions(around: Around) {
  const { t } = useI18n()
  const toast = useToast()
  const { confirm } = useConfirm()

  async function changed(what: () => Promise<unknown>): Promise<void> {
    try {
      await what()
      await around.done()
    } catch (error) {
      toast.problem(error)
    }
  }
  const path = (account: Account) => ({ path: { account: account.id } })
  const nameOf = (account: Account) => account.full_name || account.name
  const sure = (account: Account, what: string) =>
    confirm({
      title: t(`accounts.${what}`),
      text: t(`accounts.sure.${what}`, { name: nameOf(account) }),
      confirm: t(`accounts.${what}`),
      danger: true,
    })

  const renew = (account: Account) =>
    changed(async () => {
      if (!(await sure(account, 'newPassword'))) return
      const made = await api.post('/api/v1/accounts/{account}/password', path(account))
      around.told(account.name, made.one_time_password)
    })
  const enable = (account: Account, enabled: boolean) =>
    changed(async () => {
      if (!enabled && !(await sure(account, 'disable'))) return
      await api.patch('/api/v1/accounts/{account}', {
        ...path(account),
        body: bodyOf({ enabled }),
      })
    })
  const dropFactor = (account: Account) =>
    changed(async () => {
      if (await sure(account, 'dropFactor'))
        await api.delete('/api/v1/accounts/{account}/totp', path(account))
    })
  const logOut = (account: Account) =>
    changed(async () => {
      const done = await api.post('/api/v1/accounts/{account}/logout', path(account))
      toast.good(t('accounts.loggedOut', { count: done.ended }))
    })

  return (row: Account): RowAction<Account>[] => [
    { id: 'edit', title: t('accounts.edit'), run: around.edit },
    { id: 'password', title: t('accounts.newPassword'), run: renew },
    {
      id: 'factor',
      title: t('accounts.dropFactor'),
      disabled: !row.second_factor,
      run: dropFactor,
    },
    { id: 'logout', title: t('accounts.logOut'), run: logOut },
    row.enabled
      ? {
          id: 'disable',
          title: t('accounts.disable'),
          danger: true,
          run: (it) => enable(it, false),
        }
      : { id: 'enable', title: t('accounts.enable'), run: (it) => enable(it, true) },
  ]
}
