export { ranked, results, type Results } from './model'
