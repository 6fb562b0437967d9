/** The server's records by the desk's own words. */
import type { Wire } from '@/api/wire'

export type AgentRow = Wire<'AgentView'>
export type CallRow = Wire<'CallView'>
export type Card = Wire<'CallCard'>
export type CardCall = Wire<'PastCall'>
export type Group = Disposition['group']
export type Disposition = Wire<'Disposition'>
export type Note = Wire<'Note'>
export type Script = Wire<'Script'>
export type ScriptBlock = Wire<'ScriptBlock'>
export type ScriptRun = Wire<'ScriptRun'>
export type Callback = Wire<'Callback'>
export type DeskSettings = Wire<'Desk'>
export type DeskCampaign = Wire<'DeskCampaign'>
export type Today = Wire<'Today'>
export type Why = Wire<'Why'>
export type OwnCall = Wire<'OwnCall'>
export type UnsaidCall = Wire<'UnsaidCall'>
export type Message = Wire<'ReceivedMessage'>
export type Targets = Wire<'TransferTargets'>
export type Party = Wire<'PartyView'>
export type LocalTime = Wire<'LocalTime'>
