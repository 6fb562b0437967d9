/** What every part of the desk works with: its commands, what is open, and the phone. */
import { inject, provide, type InjectionKey } from 'vue'
import type { Commands, Panels } from './commands'
import type { DeskPhone } from '@/features/phones/public'

export interface Tools {
  commands: Commands
  panels: Panels
  phone: DeskPhone
}
const TOOLS: InjectionKey<Tools> = Symbol('tools')

export const provideTools = (tools: Tools): void => provide(TOOLS, tools)

export function useTools(): Tools {
  const tools = inject(TOOLS)
  if (!tools) throw new Error('no tools are provided')
  return tools
}
