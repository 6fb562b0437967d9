import { useSoftphone } from '@/features/phones/public'
import type { Desk } from './desk'
import type { DeskPhone } from '@/features/phones/public'

/** The rep's phone, from the moment the desk opens: it registers by itself. */
export function useDeskPhone(desk: Desk): DeskPhone {
  const phone = useSoftphone(desk.code)
  phone.start()
  return phone
}
