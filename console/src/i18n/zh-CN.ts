export default import.meta.glob('../locales/zh-CN/*.json', { eager: true, import: 'default' })
