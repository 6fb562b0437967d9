export default {
  ...import.meta.glob('../locales/zh-CN/*.json', { eager: true, import: 'default' }),
  ...import.meta.glob('../features/*/texts/zh-CN.json', { eager: true, import: 'default' }),
}
