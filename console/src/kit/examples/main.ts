import { createApp } from 'vue'
import { createRouter, createWebHashHistory } from 'vue-router'
import '@/design/tokens.css'
import '@/design/base.css'
import { firstLanguage, i18n, sayAll, speak } from '@/i18n'
import ExamplesPage from './ExamplesPage.vue'

/** Every part of the kit, alive, without a server: `tools/console.py dev`, then /examples.html. */
await speak(firstLanguage())
await sayAll()
const routes = [{ path: '/:rest(.*)*', name: 'examples', component: ExamplesPage }]
const app = createApp(ExamplesPage)
app.use(i18n)
const router = createRouter({ history: createWebHashHistory(), routes })
app.use(router)
// A list reads its filters from the address as it is made.
await router.isReady()
app.mount('#app')
