export { quality, type DeskPhone, type PhoneState } from './model'
export { NoPhone, softphone, type Softphone } from './softphone'
export { stateOf, useSoftphone } from './useSoftphone'
