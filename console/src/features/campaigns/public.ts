export { steerCampaign } from './api'
export { linesOf, type HoldBack, type Sleep } from './dialing'
export { useCampaignTitles } from './titles'
export { default as DialingNow } from './DialingNow.vue'
