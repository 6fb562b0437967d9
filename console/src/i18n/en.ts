export default {
  ...import.meta.glob('../locales/en/*.json', { eager: true, import: 'default' }),
  ...import.meta.glob('../features/*/texts/en.json', { eager: true, import: 'default' }),
}
