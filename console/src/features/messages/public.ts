export { sendMessage } from './api'
